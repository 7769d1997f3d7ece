import type { SweepPlan } from "#shared/results.ts";

/** The chapters whose bend is worth seeing: the vendor in the request, one worker, a function, a function with a lock. */
export const sweptRows = ["01", "03", "04", "07"];

/** From a quiet day to more than twice what the vendor can do, which is 44 a second. */
export const sweepPlan: SweepPlan = {
  phases: [
    // Some ten customers at least, or a median is luck.
    { perSecond: 1, seconds: 20 },
    { perSecond: 2, seconds: 12 },
    ...[5, 10, 20, 40, 60, 90, 120].map((perSecond) => ({ perSecond, seconds: 8 })),
  ],
  drainMs: 4_000,
  warmUpRepeats: 1_000,
};
