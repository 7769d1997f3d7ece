import { expect, it } from "vitest";
import { arrivals, seededRandom } from "./arrivals.ts";

const phases = [
  { perSecond: 10, seconds: 8 },
  { perSecond: 120, seconds: 2.5 },
];

it("gives the same arrivals for the same seed, and others for another", () => {
  expect(arrivals(phases, 1)).toEqual(arrivals(phases, 1));
  expect(arrivals(phases, 1)).not.toEqual(arrivals(phases, 2));
});

it("has a fixed count in each phase, in order, and none outside", () => {
  for (let seed = 0; seed < 50; seed += 1) {
    const moments = arrivals(phases, seed);
    const first = moments.slice(0, 80);
    const second = moments.slice(80);

    expect(second).toHaveLength(300);
    expect(moments).toEqual(moments.toSorted((left, right) => left - right));
    expect(first.every((ms) => ms >= 0 && ms < 8_000)).toBe(true);
    expect(second.every((ms) => ms >= 8_000 && ms < 10_500)).toBe(true);
  }
});

it("spreads them randomly, neither in one burst nor at equal distances", () => {
  const moments = arrivals([{ perSecond: 10, seconds: 100 }], 3);
  const gaps = moments.slice(1).map((ms, at) => ms - (moments[at] ?? 0));

  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
  // For a Poisson process both are equal.
  expect(mean).toBeCloseTo(100, -1);
  expect(deviation / mean).toBeGreaterThan(0.85);
  expect(deviation / mean).toBeLessThan(1.15);
});

it("still gives the numbers that it gave when results were first kept", () => {
  const random = seededRandom(1);

  expect([random(), random(), random()].map((value) => value.toFixed(9))).toEqual([
    "0.627073941",
    "0.002735721",
    "0.527447040",
  ]);
});
