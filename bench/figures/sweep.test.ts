import { describe, expect, it } from "vitest";
import type { RequestOutcome } from "#shared/results.ts";
import { isSteady, pointOf } from "./sweep.ts";

const phase = { perSecond: 10, seconds: 8 };

describe("a steady state", () => {
  const calm = { phase, errors: 0, calmMs: 400 };

  it("leaves about as many unfinished as come in the time that one takes", () => {
    // Four in the flow, by Little's law; up to sixteen is chance.
    expect([0, 4, 16, 17, 60].map((unfinished) => isSteady({ ...calm, unfinished }))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it("doesn't exist if the vendor refuses the excess, even if no one waits", () => {
    expect(isSteady({ ...calm, unfinished: 0, errors: 1 })).toBe(false);
  });

  it("depends on the rate, not on how long the measurement lasts", () => {
    const busy = { perSecond: 120, seconds: 8 };

    expect(isSteady({ phase: busy, errors: 0, calmMs: 400, unfinished: 100 })).toBe(true);
    // What a vendor with 44 a second leaves behind of 120 a second in eight seconds.
    expect(isSteady({ phase: busy, errors: 0, calmMs: 400, unfinished: 8 * (120 - 44) })).toBe(false);
  });
});

it("counts what was done until the last look, not what a vendor in haste did later", () => {
  const answer = (dueMs: number, outcome: RequestOutcome, answeredMs: number | null) => ({
    dueMs,
    outcome,
    answeredMs,
    lateMs: 0.1,
  });
  const rate = {
    phase: { perSecond: 2, seconds: 2 },
    sent: {
      answers: [
        answer(0, "accepted", 10),
        answer(500, "accepted", 520),
        answer(1_000, "failed", 1_030),
        answer(1_500, "accepted", 1_540),
      ],
      clock: { longestPauseMs: 0, driftMs: 0 },
      cpuShare: 0.02,
    },
    activeMs: [400, 1_700, null, 9_000],
    watchedUntilMs: 4_000,
  };

  const point = pointOf(rate, 400);

  expect(point.response).toMatchObject({ count: 4, p50Ms: 20, never: 1 });
  expect(point.activation).toMatchObject({ count: 3, p50Ms: 1_200, maxMs: null, never: 1, watchedMs: 2_500 });
  expect(point).toMatchObject({ errors: 1, unfinished: 2, steady: false, reasons: [] });
});
