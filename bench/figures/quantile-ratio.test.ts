import { expect, it } from "vitest";
import { seededRandom } from "../plan/arrivals.ts";
import { quantileRatio } from "./quantile-ratio.ts";

const seeds = Array.from({ length: 40 }, (_, seed) => seed);
const times = <Item>(count: number, make: () => Item) => Array.from({ length: count }, make);
/** Waits, most of them short and some long (exponential). */
const wait = (random: () => number) => 5 - Math.log(1 - random());

it("divides the quantiles of all samples, not those of single pairs", () => {
  const pairs = [
    { one: [1, 2, 3, 4], other: [10, 20, 30, 40] },
    { one: [5, 6, 7, 8], other: [50, 60, 70, 100] },
  ];

  expect(quantileRatio(pairs, 0.5, seededRandom(1)).middle).toBe(10);
  expect(quantileRatio(pairs, 0.99, seededRandom(1)).middle).toBe(12.5);
});

it("has no width if every pair is the same", () => {
  const pairs = times(9, () => ({ one: [1, 2], other: [2, 3] }));

  expect(quantileRatio(pairs, 0.99, seededRandom(1))).toEqual({ middle: 1.5, from: 1.5, to: 1.5 });
});

it("covers the true ratio in about 95 of 100 cases, also where a slow moment holds up a whole measurement", () => {
  const covered = seeds.filter((seed) => {
    const random = seededRandom(seed);
    const measured = (slower: number) => {
      const slowMomentMs = random() < 0.3 ? 4 : 0;
      return times(6, () => slower * (wait(random) + slowMomentMs));
    };
    const pairs = times(30, () => ({ one: measured(1), other: measured(1.1) }));
    const { from, to } = quantileRatio(pairs, 0.8, random);
    return from <= 1.1 && 1.1 <= to;
  });

  expect(covered.length / seeds.length).toBeGreaterThan(0.88);
  expect(covered.length / seeds.length).toBeLessThan(1);
});

it("is narrower with more pairs", () => {
  const width = (count: number) => {
    const random = seededRandom(count);
    const pairs = times(count, () => ({
      one: times(20, () => wait(random)),
      other: times(20, () => wait(random)),
    }));
    const { from, to } = quantileRatio(pairs, 0.99, random);
    return to - from;
  };

  expect(width(100)).toBeLessThan(width(10));
});
