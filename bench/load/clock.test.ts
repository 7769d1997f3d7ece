import { expect, it, onTestFinished, vi } from "vitest";
import { reasonsForDistrust, watchClock } from "./clock.ts";

const good = { longestPauseMs: 3, driftMs: 0.4 };
const onTime = { p99Ms: 1.99, maxMs: 300, count: 500 };

it("trusts a run whose sender was on time, except for one of many requests", () => {
  expect(reasonsForDistrust(good, onTime)).toEqual([]);
  expect(reasonsForDistrust(good, { maxMs: 20, count: 499 })).toEqual([]);
});

it.each([
  ["late by the 99th percentile", good, { ...onTime, p99Ms: 2 }, "one of a hundred requests by 2 ms or more"],
  ["late once, of few", good, { maxMs: 21, count: 80 }, "the worst of 80 requests by 21 ms"],
  ["still", { ...good, longestPauseMs: 251 }, onTime, "the sender stood still for 251 ms"],
  ["on a machine that slept", { ...good, driftMs: 9_000 }, onTime, "the machine slept"],
])("does not trust a sender that was %s", (_how, clock, late, sentence) => {
  expect(reasonsForDistrust(clock, late)).toEqual([expect.stringContaining(sentence)]);
});

/** Two clocks that the test moves. */
function ownClocks() {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const now = { wallMs: 1_700_000_000_000, steadyMs: 5_000 };
  const watch = watchClock({ wallMs: () => now.wallMs, steadyMs: () => now.steadyMs });
  onTestFinished(watch.stop);
  const pass = (wallMs: number, steadyMs: number) => {
    now.wallMs += wallMs;
    now.steadyMs += steadyMs;
  };
  const live = (ms: number) => {
    for (let lived = 0; lived < ms; lived += 10) {
      pass(10, 10);
      vi.advanceTimersByTime(10);
    }
  };
  return { watch, pass, live };
}

it("sees nothing while both clocks and the process run", () => {
  const { watch, live } = ownClocks();

  live(1_000);

  expect(watch.read()).toEqual({ longestPauseMs: 0, driftMs: 0 });
});

it.each([
  ["a sleep, during which only the calendar's clock goes on", 60_000],
  ["a clock that is set back", -3_600_000],
])("sees %s", (_what, wallMs) => {
  const { watch, pass, live } = ownClocks();

  live(200);
  pass(wallMs, 0);
  live(200);

  expect(watch.read()).toEqual({ longestPauseMs: 0, driftMs: Math.abs(wallMs) });
});

it("sees a pause of the process, even an unfinished one", () => {
  const { watch, pass, live } = ownClocks();

  live(200);
  pass(300, 300);

  expect(watch.read()).toEqual({ longestPauseMs: 250, driftMs: 0 });
});
