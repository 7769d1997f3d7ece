import type { Weather } from "#shared/vendor-simulator/weather.ts";
import { seededRandom } from "../plan/arrivals.ts";

/**
 * When each customer comes, in milliseconds: equally many in each second, with the distribution of bench/plan/arrivals.ts within it.
 * They come sorted, without sorting: sums of exponential gaps over their total.
 */
export function crowdArrivals(perSecond: number, seconds: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const moments = new Float64Array(perSecond * seconds);
  for (let second = 0; second < seconds; second += 1) {
    const first = second * perSecond;
    let sum = 0;
    for (let at = first; at < first + perSecond; at += 1) {
      sum -= Math.log(1 - random());
      moments[at] = sum;
    }
    const total = sum - Math.log(1 - random());
    for (let at = first; at < first + perSecond; at += 1) {
      moments[at] = second * 1_000 + ((moments[at] as number) / total) * 1_000;
    }
  }
  return moments;
}

// The same as in shared/vendor-simulator/weather.ts.
const normalP99 = 2.326_347_874;

/** Delays with the vendor simulator's distribution. Drawing one there, by a digest, takes 12 microseconds; this takes 0.05. */
export function crowdDelays(
  { medianMs, p99Ms }: Pick<Weather, "medianMs" | "p99Ms">,
  seed: number,
): () => number {
  const random = seededRandom(seed);
  const sigma = Math.log(p99Ms / medianMs) / normalP99;
  let spare = 0;
  let hasSpare = false;
  return () => {
    hasSpare = !hasSpare;
    if (!hasSpare) {
      return medianMs * Math.exp(sigma * spare);
    }
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    spare = radius * Math.sin(angle);
    return medianMs * Math.exp(sigma * radius * Math.cos(angle));
  };
}

// Half a per cent: as precise as the table shows it.
const binWidth = 0.005;
const bins = 4_500;

/** Many times in little space, from 1 ms to a hundred days: its quantiles are right to half a per cent. */
export class Times {
  count = 0;
  readonly #counts = new Float64Array(bins);

  add(ms: number): void {
    this.count += 1;
    const bin = ms <= 1 ? 0 : Math.min(Math.floor(Math.log(ms) / binWidth), bins - 1);
    this.#counts[bin] = (this.#counts[bin] as number) + 1;
  }

  /** The time within which this share of `of` was done. `null` if fewer were. */
  quantile(share: number, of: number): number | null {
    let left = share * of;
    for (const [bin, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0 && count > 0) {
        return Math.exp((bin + 0.5) * binWidth);
      }
    }
    return null;
  }

  /** How many were done within this time. */
  within(ms: number): number {
    const last = Math.floor(Math.log(ms) / binWidth);
    return this.#counts.subarray(0, last + 1).reduce((sum, count) => sum + count, 0);
  }
}
