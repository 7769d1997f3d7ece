import type { Phase } from "#shared/results.ts";

/**
 * When each customer arrives, in milliseconds from the start, in order. The moments of a phase are drawn uniformly over it: random
 * arrivals as in a Poisson process, but with the same count in every run.
 */
export function arrivals(phases: readonly Phase[], seed: number): number[] {
  const random = seededRandom(seed);
  const moments: number[] = [];
  let beginMs = 0;
  for (const phase of phases) {
    const drawn = Array.from({ length: customersIn(phase) }, () => random() * phase.seconds * 1_000);
    moments.push(...drawn.toSorted((left, right) => left - right).map((ms) => beginMs + ms));
    beginMs += phase.seconds * 1_000;
  }
  return moments;
}

/** How many customers arrive in a phase. */
export const customersIn = ({ perSecond, seconds }: Phase): number => Math.round(perSecond * seconds);

/** Numbers from 0 to 1, the same for the same seed on every machine (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
