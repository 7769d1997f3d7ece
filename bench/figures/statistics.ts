import type { Quantiles, Run } from "#shared/results.ts";

// Below these counts a high quantile depends on one or two samples, so the maximum is printed instead.
const samplesForP99 = 500;
const samplesForP999 = 5_000;

interface Samples {
  finishedMs: readonly number[];
  never: number;
}

/** The quantiles of all requests. What never finished is longer than anything. */
export function quantiles({ watchedMs, ...samples }: Samples & { watchedMs?: number }): Quantiles {
  const { never } = samples;
  const { at, count, slowest } = ranked(samples);
  return {
    count,
    p50Ms: at(0.5),
    p90Ms: at(0.9),
    ...(count >= samplesForP99 && { p99Ms: at(0.99) }),
    ...(count >= samplesForP999 && { p999Ms: at(0.999) }),
    maxMs: never > 0 ? null : (slowest ?? null),
    never,
    ...(never > 0 && watchedMs !== undefined && { watchedMs }),
    ...(slowest !== undefined && { slowestFinishedMs: slowest }),
  };
}

const percents = [1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99, 99.9];

/** The time within which each percentage was answered, with as many high percentiles as the samples allow. */
export function percentiles(samples: Samples): Run["percentiles"] {
  const { at, count } = ranked(samples);
  const borne = percents.filter(
    (percent) => percent < 99 || count >= (percent > 99 ? samplesForP999 : samplesForP99),
  );
  return borne.map((percent) => ({ percent, responseMs: at(percent / 100) }));
}

function ranked({ finishedMs, never }: Samples) {
  const sorted = finishedMs.toSorted((left, right) => left - right);
  const count = sorted.length + never;
  return {
    count,
    slowest: sorted.at(-1),
    // Nearest rank: always a time that someone really waited.
    at: (share: number) => sorted[Math.max(Math.ceil(share * count), 1) - 1] ?? null,
  };
}

// For the normal distribution: 95 of 100 values are within this many standard deviations.
const deviations95 = 1.96;

/** From one time to another. `Infinity` for what never finished. */
export interface Interval {
  fromMs: number;
  toMs: number;
}

/** The two samples between which the median is, with a confidence of 95 %. */
export function medianInterval({ finishedMs, never }: Samples): Interval {
  const [fromMs, toMs] = aroundMedian([...finishedMs, ...Array.from({ length: never }, () => Infinity)]);
  return { fromMs, toMs };
}

/** The same for values of any unit. */
export function aroundMedian(values: readonly number[]): [from: number, to: number] {
  const sorted = values.toSorted((a, b) => a - b);
  // By the binomial distribution of ranks, which assumes nothing about the samples' distribution.
  const ranksAround = (deviations95 * Math.sqrt(sorted.length)) / 2;
  const at = (rank: number) => sorted[Math.min(Math.max(rank, 0), sorted.length - 1)] ?? Infinity;
  return [at(Math.floor(sorted.length / 2 - ranksAround)), at(Math.ceil(sorted.length / 2 + ranksAround))];
}

/** The median over runs. A run without a value (`null`) took longer than any other. */
export function median(values: readonly (number | null)[]): number | null {
  const sorted = values.map((value) => value ?? Infinity).toSorted((left, right) => left - right);
  const low = sorted[Math.floor((sorted.length - 1) / 2)] ?? Infinity;
  const high = sorted[Math.ceil((sorted.length - 1) / 2)] ?? Infinity;
  const middle = (low + high) / 2;
  return Number.isFinite(middle) ? middle : null;
}

/** The smallest and the largest over runs. `null` is longer than anything. */
export function range(values: readonly (number | null)[]): [number | null, number | null] {
  const numbers = values.map((value) => value ?? Infinity);
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  return [finite(Math.min(...numbers)), finite(Math.max(...numbers))];
}

/** How many times longer `right` took than `left`, over paired runs. */
export type Comparison =
  | { verdict: "too few runs"; pairs: number }
  | { verdict: "no difference" | "longer" | "shorter"; ratio: number; low: number; high: number };

const runsForVerdict = 3;
// Student's t, 97.5 %, by degrees of freedom from 1. Beyond the list the last one is used, which is slightly too wide.
const studentT = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086,
];

/**
 * Compares two chapters by the logarithms of their ratios, run by run, with a 95 % interval. Leaves out pairs of which one has no
 * value, since they have no ratio. With fewer than three pairs there is no verdict.
 */
export function compare(left: readonly (number | null)[], right: readonly (number | null)[]): Comparison {
  const logs: number[] = [];
  for (const [index, before] of left.entries()) {
    const after = right[index];
    if (before !== null && after !== null && after !== undefined && before > 0 && after > 0) {
      logs.push(Math.log(after / before));
    }
  }
  const pairs = logs.length;
  if (pairs < runsForVerdict) {
    return { verdict: "too few runs", pairs };
  }
  const mean = logs.reduce((sum, log) => sum + log, 0) / pairs;
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (pairs - 1);
  const t = studentT[Math.min(pairs - 1, studentT.length) - 1] ?? 2.086;
  const half = t * Math.sqrt(variance / pairs);
  const [ratio, low, high] = [Math.exp(mean), Math.exp(mean - half), Math.exp(mean + half)];
  if (low > 1) {
    return { verdict: "longer", ratio, low, high };
  }
  return { verdict: high < 1 ? "shorter" : "no difference", ratio, low, high };
}
