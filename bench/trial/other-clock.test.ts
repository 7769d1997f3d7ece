import { expect, it } from "vitest";
import { differenceOf } from "./other-clock.ts";

const beganMs = 1_795_000_000_400;
const untilItGetsThereMs = 25;
const roundTripMs = 60;

/** What you learn from a clock that is this far ahead, by asking it twenty times. */
const toldBy = (aheadMs: number) =>
  Array.from({ length: 20 }, (_, ask) => {
    const askedMs = beganMs + ask * 210;
    const thereMs = askedMs + untilItGetsThereMs + aheadMs;
    return { askedMs, answeredMs: askedMs + roundTripMs, toldMs: Math.floor(thereMs / 1_000) * 1_000 };
  });

it.each([0, 1_234, -1_234, 90_000])(
  "finds a clock that is %s ms ahead, by whole seconds alone",
  (aheadMs) => {
    const found = differenceOf(toldBy(aheadMs));

    expect(Math.abs(found.aheadMs - aheadMs)).toBeLessThanOrEqual(found.withinMs);
    expect(found.withinMs).toBeLessThanOrEqual(roundTripMs);
  },
);

it("knows little after one answer", () => {
  expect(differenceOf(toldBy(0).slice(0, 1)).withinMs).toBe((1_000 + roundTripMs) / 2);
});
