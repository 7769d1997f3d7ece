import { expect, it } from "vitest";
import { clockDifferenceMs } from "./clock-difference.ts";

/** Clocks that are 1,000 ms apart, and between two looks wait as long as `waitsMs` says, one after the other. */
function clocksThatWait(...waitsMs: number[]) {
  let nowMs = 0;
  return {
    steadyMs: () => nowMs,
    wallMs: () => {
      nowMs += waitsMs.shift() ?? 0;
      return nowMs + 1_000;
    },
  };
}

it("looks again if it had to wait between the clocks", () => {
  expect(clockDifferenceMs(clocksThatWait(0))).toBe(1_000);
  expect(clockDifferenceMs(clocksThatWait(24, 180, 0))).toBe(1_000);
});

it("takes the quickest look if it had to wait each time", () => {
  const waitsMs = Array.from({ length: 100 }, (_, at) => (at === 7 ? 3 : 50));

  expect(clockDifferenceMs(clocksThatWait(...waitsMs))).toBe(1_003);
});
