/** A phase of arrivals: so many, spread at random over so many seconds. */
export interface Phase {
  perSecond: number;
  seconds: number;
}

/** Numbers from 0 to 1, the same ones for the same seed on every machine (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * When each customer arrives, in milliseconds from the start, in order. The count of a phase is fixed and the moments
 * are drawn evenly over it: arrivals by chance, as a Poisson process has them, but as many in every run.
 */
export function arrivals(phases: readonly Phase[], seed: number): number[] {
  const random = seededRandom(seed);
  const moments: number[] = [];
  let beginMs = 0;
  for (const { perSecond, seconds } of phases) {
    const phase = Array.from({ length: Math.round(perSecond * seconds) }, () => random() * seconds * 1_000);
    moments.push(...phase.toSorted((left, right) => left - right).map((ms) => beginMs + ms));
    beginMs += seconds * 1_000;
  }
  return moments;
}
