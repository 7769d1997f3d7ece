import { describe, expect, it } from "vitest";
import { compare, median, medianInterval, quantiles, range } from "./statistics.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

it("gives the ranks between which the median of 80 samples is in 95 of 100 cases", () => {
  expect(medianInterval({ finishedMs: upTo(80).toReversed(), never: 0 })).toEqual({ fromMs: 32, toMs: 50 });
  expect(medianInterval({ finishedMs: upTo(35), never: 45 })).toEqual({ fromMs: 32, toMs: Infinity });
  expect(medianInterval({ finishedMs: [7], never: 0 })).toEqual({ fromMs: 7, toMs: 7 });
});

describe("quantiles", () => {
  it("are times that someone really waited, in any order of samples", () => {
    expect(quantiles({ finishedMs: [30, 10, 20, 40], never: 0 })).toEqual({
      count: 4,
      p50Ms: 20,
      p90Ms: 40,
      maxMs: 40,
      never: 0,
      slowestFinishedMs: 40,
    });
  });

  it("count what never finished as longer than anything", () => {
    expect(quantiles({ finishedMs: upTo(80), never: 20, watchedMs: 8_000 })).toEqual({
      count: 100,
      p50Ms: 50,
      p90Ms: null,
      maxMs: null,
      never: 20,
      watchedMs: 8_000,
      slowestFinishedMs: 80,
    });
  });

  it("are null for the median if more than half never finished, and half is not more than half", () => {
    expect(quantiles({ finishedMs: [1], never: 1 }).p50Ms).toBe(1);
    expect(quantiles({ finishedMs: [1], never: 2 }).p50Ms).toBeNull();
  });

  it("don't exist without samples", () => {
    expect(quantiles({ finishedMs: [], never: 0 })).toEqual({
      count: 0,
      p50Ms: null,
      p90Ms: null,
      maxMs: null,
      never: 0,
    });
  });

  it.each([
    [499, undefined, undefined],
    [500, 495, undefined],
    [4_999, 4_950, undefined],
    [5_000, 4_950, 4_995],
  ])("of %i samples have a p99 of %s and a p99.9 of %s", (count, p99Ms, p999Ms) => {
    const found = quantiles({ finishedMs: upTo(count), never: 0 });

    expect([found.p99Ms, found.p999Ms]).toEqual([p99Ms, p999Ms]);
  });
});

it.each([
  [[3, 1, 2], 2],
  [[1, 2, 3, 4], 2.5],
  [[1, null, null], null],
  [[1, 2, null], 2],
  [[1, null], null],
  [[], null],
])("the median of %j is %s", (values, expected) => {
  expect(median(values)).toBe(expected);
});

it("a range ends open if a run never finished", () => {
  expect(range([5, 3, 4])).toEqual([3, 5]);
  expect(range([5, null])).toEqual([5, null]);
});

describe("a comparison", () => {
  it("has no verdict with fewer than three pairs", () => {
    expect(compare([1, 1], [9, 9])).toEqual({ verdict: "too few runs", pairs: 2 });
    expect(compare([1, 1, null], [9, 9, 9])).toEqual({ verdict: "too few runs", pairs: 2 });
  });

  it("says no difference if the interval covers 1", () => {
    expect(compare([10, 10, 10, 10], [9, 11, 10.5, 9.6])).toMatchObject({ verdict: "no difference" });
  });

  it("finds a small difference that is the same in every pair, even if the runs differ a lot", () => {
    expect(compare([10, 100, 1_000], [11, 111, 1_099])).toMatchObject({ verdict: "longer" });
    expect(compare([11, 111, 1_099], [10, 100, 1_000])).toMatchObject({ verdict: "shorter" });
  });

  it("gives the textbook's interval of the ratio", () => {
    // Logarithms 0, ln 2 and ln 4: mean ln 2, deviation ln 2, t(2) = 4.303.
    const half = (4.303 * Math.LN2) / Math.sqrt(3);
    const found = compare([1, 1, 1], [1, 2, 4]);

    expect(found).toMatchObject({ verdict: "no difference", ratio: expect.closeTo(2, 9) });
    expect(found).toMatchObject({ low: expect.closeTo(2 * Math.exp(-half), 9) });
    expect(found).toMatchObject({ high: expect.closeTo(2 * Math.exp(half), 9) });
  });
});
