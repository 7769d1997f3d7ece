import type { LimitProbe } from "#shared/limit.ts";

/**
 * How likely each rate is to be the limit. Short probes err: one slightly above the limit ends before its backlog is long, and one below
 * may have bad luck. So no single probe decides; each one changes the likelihoods.
 */
export interface Belief {
  /** From the lowest to the highest rate, with a constant factor between neighbours. */
  rates: readonly number[];
  /** They add up to 1. */
  weights: readonly number[];
}

// A step is about 2 % if the highest is 32 times the lowest.
const gridPoints = 181;
// The chance that a bad or good moment of the machine decides a probe.
const lapse = 0.03;
// These three were chosen with simulated systems (find.test.ts), so that the interval contains the limit as often as stated. The width
// of the edge, as a logarithm: with few customers chance decides.
const narrowestEdge = 0.04;
const edgeOfOne = 1;
// A probe may end before its promise breaks, so it passes up to about this much, plus an edge, above what holds for long.
const lenience = 0.04;

/** Before the first probe. If `lean` is above zero the highest rates are the likeliest, by this power of the rate. */
export function beliefBetween(lowest: number, highest: number, lean: number): Belief {
  const step = Math.log(highest / lowest) / (gridPoints - 1);
  const rates = Array.from({ length: gridPoints }, (_, at) => lowest * Math.exp(step * at));
  return { rates, weights: normalized(rates.map((rate) => rate ** lean)) };
}

/** After a probe at this rate with this many customers. */
export function learn({ rates, weights }: Belief, { perSecond, kept, answered }: Shown): Belief {
  const edge = Math.max(narrowestEdge, edgeOfOne / Math.sqrt(Math.max(answered.of, 1)));
  const likelihoods = rates.map((limit) => {
    const above = (Math.log(limit / perSecond) + lenience + edge) / edge;
    const keeps = lapse + (1 - 2 * lapse) / (1 + Math.exp(-above));
    return kept ? keeps : 1 - keeps;
  });
  return { rates, weights: normalized(weights.map((weight, at) => weight * (likelihoods[at] ?? 0))) };
}

type Shown = Pick<LimitProbe, "perSecond" | "kept"> & { answered: Pick<LimitProbe["answered"], "of"> };

/** The rate below which the limit is with this probability. */
export function rateAt({ rates, weights }: Belief, share: number): number {
  let sum = 0;
  const at = weights.findIndex((weight) => (sum += weight) >= share);
  return rates[at] ?? rates.at(-1) ?? Number.NaN;
}

function normalized(weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
