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
  const ones = ranked(pairs.map(({ one }) => one));
  const others = ranked(pairs.map(({ other }) => other));
  const ratioOf = (times: Uint32Array) => quantile(others, times, share) / quantile(ones, times, share);
  const ratios = Float64Array.from({ length: draws }, () => {
    const times = new Uint32Array(pairs.length);
    pairs.forEach(() => {
      const drawn = Math.floor(random() * pairs.length);
      times[drawn] = (times[drawn] ?? 0) + 1;
    });
    return ratioOf(times);
  }).sort();
  const at = (rank: number) => ratios[rank] ?? Number.NaN;
  const once = new Uint32Array(pairs.length).fill(1);
  return { middle: ratioOf(once), from: at(draws * tail), to: at(draws - 1 - draws * tail) };
}

/** A sample, and the number of its pair. */
interface Sample {
  value: number;
  pair: number;
}

// Sorted once: to sort what each of the draws has would take ten times as long.
const ranked = (samples: readonly (readonly number[])[]): Sample[] =>
  samples
    .flatMap((values, pair) => values.map((value) => ({ value, pair })))
    .sort((left, right) => left.value - right.value);

/** By nearest rank, with each pair's samples as often as it was drawn: one of the samples. */
function quantile(samples: readonly Sample[], times: Uint32Array, share: number): number {
  const timesOf = ({ pair }: Sample) => times[pair] ?? 0;
  const count = samples.reduce((sum, sample) => sum + timesOf(sample), 0);
  let left = Math.max(Math.ceil(share * count), 1);
  for (const sample of samples) {
    left -= timesOf(sample);
    if (left <= 0) {
      return sample.value;
    }
  }
  return Number.NaN;
}
