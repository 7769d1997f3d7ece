import { describe, expect, it } from "vitest";
import { activationOf, inventedTrace } from "#shared/testing/invented-trace.ts";
import type { InventedEvent } from "#shared/testing/invented-trace.ts";
import { GoingTrace, mostKept } from "./going-trace.ts";
import { whatHappened } from "./what-happened.ts";

const asks = (nth: number, ms: number): InventedEvent[] => {
  const a = activationOf(nth);
  return [
    a.asked(ms),
    a.claimed(ms + 1),
    a.sent(ms + 2),
    a.written(ms + 3, "api", "accepted"),
    a.answered(ms + 5, 202),
  ];
};

/** A customer for whom all goes well. */
const done = (nth: number, ms: number, tookMs = 400): InventedEvent[] => {
  const a = activationOf(nth);
  return [
    ...asks(nth, ms),
    a.delivered(ms + 6, { to: "lambda" }),
    a.invoked(ms + 7, 1, `i${nth}`),
    ...a.called(ms + 8, `i${nth}`, nth, tookMs - 10),
    a.written(ms + tookMs, `i${nth}`, "active"),
    a.returned(ms + tookMs + 1, 1, `i${nth}`),
    a.deleted(ms + tookMs + 2, "lambda"),
  ];
};

const everyMs = 50;
/** So many customers, one after the other, for whom all goes well. */
const usual = (count: number): InventedEvent[] =>
  Array.from({ length: count }, (_, at) => done(1 + at, at * everyMs)).flat();

/** Follows a trace as a page does: a part of it at a time, with a look at what happened after each. */
function follow(events: readonly InventedEvent[], lookEveryMs = 1_000) {
  const whole = inventedTrace(events, { plan: "live" });
  const { startedAtMs } = whole.header;
  const going = new GoingTrace(whole.header);
  let sizeMax = 0;
  let told = going.happened();
  for (let fromMs = 0; fromMs <= (whole.events.at(-1)?.atMs ?? 0) - startedAtMs; fromMs += lookEveryMs) {
    const since = (atMs: number) => atMs - startedAtMs - fromMs;
    going.note(whole.events.filter(({ atMs }) => since(atMs) >= 0 && since(atMs) < lookEveryMs));
    told = going.happened();
    sizeMax = Math.max(sizeMax, going.size);
  }
  return { going, sizeMax, told, whole: whatHappened(whole) };
}

describe("a trace that goes on", () => {
  it("counts those for whom all went well, and holds only the newest of them", () => {
    const { told, sizeMax, whole } = follow([...usual(400), ...done(900, 3_000, 1_200)]);

    expect(told).toEqual(whole);
    expect(told).toEqual([
      expect.objectContaining({
        text: "Nothing went wrong: of 401 customers all have a device that works; c-900 waited longest, 1.2 s.",
        macAddress: activationOf(900).macAddress,
      }),
    ]);
    // Each has eleven.
    expect(sizeMax).toBeLessThan(1_100);
  });

  it("tells of a kill, an outage, an error and a device provisioned twice as the whole trace does, long afterwards", () => {
    const [killed, twice, refused, waits] = [
      activationOf(500),
      activationOf(501),
      activationOf(502),
      activationOf(503),
    ];
    const { told, sizeMax, whole } = follow([
      ...usual(400),
      ...asks(500, 1_020),
      { ms: 1_000, kind: "environmentStarted", environment: 4_711 },
      killed.delivered(1_030, { to: "lambda" }),
      killed.invoked(1_031, 4_711, "i500"),
      { ms: 1_050, kind: "killed", target: "function", pid: 4_711 },
      { ms: 1_051, kind: "environmentEnded", environment: 4_711, why: "killed" },
      killed.delivered(7_030, { to: "lambda", receiveCount: 2 }),
      killed.written(7_100, "j500", "active"),
      killed.deleted(7_101),
      { ms: 2_000, kind: "weather", change: { outage: true } },
      ...activationOf(30).called(2_100, "i30", 9_030, 5, 503),
      { ms: 3_000, kind: "weather", change: { outage: false } },
      ...asks(501, 3_020),
      twice.copied(3_030, 1_501),
      ...twice.called(3_100, "i501", 9_001, 400),
      ...twice.called(3_110, "j501", 9_002, 400),
      twice.written(3_600, "i501", "active"),
      twice.deleted(3_601),
      twice.deleted(3_602, "", 1_501),
      refused.asked(4_000),
      refused.answered(4_100, 503),
      ...asks(503, 5_000),
      waits.delivered(5_010, { to: "lambda" }),
    ]);

    expect(told).toEqual(whole);
    expect(told.map(({ text }) => text)).toEqual([
      "At 1.05 s environment 2 was killed with the message of c-500 in hand: its device works in the end.",
      "From 2.0 s to 3.0 s the vendor was out of order, and turned 1 call away.",
      "c-501 was asked for at the vendor by two callers; the vendor provisioned the device twice.",
      "c-502 got an error or no answer, so this customer has no ticket.",
      "c-503 has waited since 5.0 s.",
    ]);
    expect(sizeMax).toBeLessThan(1_200);
  });

  it("knows what the worker had in hand, though what it did in between is forgotten", () => {
    const failed = activationOf(500);
    const byWorker = (nth: number, ms: number): InventedEvent[] => {
      const a = activationOf(nth);
      return [
        ...asks(nth, ms),
        a.delivered(ms + 10, { to: "worker" }),
        ...a.called(ms + 11, "worker", nth, 20),
        a.written(ms + 35, "worker", "active"),
        a.deleted(ms + 36, "worker"),
      ];
    };
    const { told, whole } = follow([
      ...asks(500, 0),
      failed.delivered(10, { to: "worker" }),
      ...Array.from({ length: 100 }, (_, at) => byWorker(1 + at, 100 + at * everyMs)).flat(),
      ...asks(501, 8_000),
      { ms: 9_020, kind: "killed", target: "worker", pid: 7 },
    ]);

    expect(told).toEqual(whole);
    expect(told.map(({ text }) => text)).toContain("At 9.02 s the worker was killed, with nothing in hand.");
  });

  it("counts what a long outage turns away, and doesn't hold it", () => {
    const turnedAway = (nth: number, ms: number) =>
      [0, 1, 2, 3, 4].flatMap((again) =>
        activationOf(nth).called(ms + 10 + 20 * again, `i${nth}`, 10_000 + 5 * nth + again, 5, 503),
      );
    const during = Array.from({ length: 400 }, (_, at) => [
      ...done(1 + at, at * everyMs),
      ...turnedAway(1 + at, at * everyMs),
    ]).flat();
    const { told, sizeMax, whole } = follow([
      { ms: 0, kind: "weather", change: { outage: true } },
      { ms: 10_000, kind: "weather", change: { outage: true } },
      ...during,
      { ms: 21_000, kind: "weather", change: { outage: false } },
    ]);

    expect(told).toEqual(whole);
    expect(told.map(({ text }) => text)).toEqual([
      "From 0.0 s to 21.0 s the vendor was out of order, and turned 2000 calls away.",
    ]);
    // Each has 26, and 60 come within the three seconds that are held.
    expect(sizeMax).toBeLessThan(2_000);
  });

  it("takes a part's events that come late", () => {
    const { header, events } = inventedTrace([...done(1, 0), ...done(2, 10_000)], { plan: "live" });
    const isOfApi = ({ part }: { part: string }) => part === "customers";
    const going = new GoingTrace(header);

    going.note(events.filter((event) => !isOfApi(event) && event.atMs - header.startedAtMs < 5_000));
    going.happened();
    going.note(events.filter((event) => isOfApi(event) || event.atMs - header.startedAtMs >= 5_000));

    expect(going.happened()[0]?.text).toMatch(/^Nothing went wrong: of 2 customers all have a device/);
  });

  it("doesn't call lost whoever asks again after being forgotten", () => {
    const again = activationOf(1);
    const { told } = follow([
      ...usual(200),
      again.asked(30_000),
      again.claimed(30_001, false),
      again.answered(30_005, 200),
      ...done(300, 40_000),
    ]);

    expect(told.map(({ text }) => text)).toEqual([expect.stringMatching(/^Nothing went wrong: /)]);
  });

  it("holds no more of those to whom something happened than it says", () => {
    const count = mostKept + 100;
    const errors = Array.from({ length: count }, (_, at) => {
      const a = activationOf(1 + at);
      return [a.asked(at * everyMs), a.answered(at * everyMs + 5, 502)];
    }).flat();

    const { going } = follow([...errors, ...done(9_999, count * everyMs + 5_000)]);

    expect(going.untold).toBe(100);
    expect(going.happened()[0]?.text).toBe(
      `c-101, c-102 and ${mostKept - 2} more got an error or no answer, so these customers have no ticket.`,
    );
  });
});
