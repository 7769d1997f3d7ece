/** A ratio, and the interval in which it is with a confidence of 95 %. */
export interface Ratio {
  middle: number;
  from: number;
  to: number;
}

/** The samples of two ways that were measured one right after the other. */
export interface SamplePair {
  one: readonly number[];
  other: readonly number[];
}

const draws = 1_000;
const tail = 0.025;

/**
 * A quantile of all samples of the other way, divided by that of the one way: a share of 0.99 is the p99. The interval comes from
 * drawing whole pairs again and again (bootstrap), not samples: a moment in which the machine is slow holds up many neighbours, and
 * samples counted as independent would give too narrow an interval. `random` gives numbers from 0 to 1.
 */
export function quantileRatio(pairs: readonly SamplePair[], share: number, random: () => number): Ratio {
  const ratioOf = (drawn: readonly SamplePair[]) =>
    quantile(
      drawn.flatMap(({ other }) => other),
      share,
    ) /
    quantile(
      drawn.flatMap(({ one }) => one),
      share,
    );
  const ratios = Float64Array.from({ length: draws }, () =>
    ratioOf(pairs.map(() => pairs[Math.floor(random() * pairs.length)] as SamplePair)),
  ).sort();
  const at = (rank: number) => ratios[rank] ?? Number.NaN;
  return { middle: ratioOf(pairs), from: at(draws * tail), to: at(draws - 1 - draws * tail) };
}

/** By nearest rank: one of the samples. */
function quantile(samples: readonly number[], share: number): number {
  const sorted = Float64Array.from(samples).sort();
  return sorted[Math.max(Math.ceil(share * sorted.length), 1) - 1] ?? Number.NaN;
}
