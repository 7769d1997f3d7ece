import * as z from "zod";
import { weatherSchema } from "#shared/vendor-simulator/weather.ts";

const count = z.int().min(0);
const durationMs = z.number().min(0);

/** So many arrivals a second, for so many seconds. */
const phaseSchema = z.object({ perSecond: z.number().positive(), seconds: z.number().positive() });

/** What happens to every chapter at the same moment, counted from the first second of arrivals. */
const eventSchema = z.object({
  atMs: durationMs,
  does: z.enum(["kill-worker", "kill-api", "outage-begins", "outage-ends", "heal-and-redrive"]),
});

/** A load and the troubles that come with it, the same for every chapter: the short day, and the storm. */
export const planSchema = z.object({
  /** As in "the short day". */
  name: z.string(),
  runs: count,
  customers: count,
  phases: z.array(phaseSchema),
  /** In what the vendor's weather differs from the usual one, for all rows. */
  weather: z.object(weatherSchema.shape).partial(),
  /** In their order. "kill-worker" is what does the work: the API, the worker, or a function in a call at the vendor. */
  events: z.array(eventSchema),
  /** Devices that can't be provisioned, and those of them that are healed by "heal-and-redrive". */
  poison: z.array(z.string()),
  healed: z.array(z.string()),
  everyNthTwice: count,
  duplicateDelaysMs: z.array(durationMs),
  /** It ends at the latest so long after the first customer came. */
  horizonMs: durationMs,
  /** Requests before it that count nowhere: cold processes need three times as long for each. */
  warmUpRepeats: count,
  /** How often queues and vendor were looked at while it ran; absent: never. */
  sampleEveryMs: durationMs.optional(),
});

/** The arrival rates of a sweep, one after the other, each for so many seconds. */
export const sweepPlanSchema = z.object({
  phases: z.array(phaseSchema),
  drainMs: durationMs,
  warmUpRepeats: count,
});

export type Phase = z.infer<typeof phaseSchema>;
export type PlanEvent = z.infer<typeof eventSchema>;
export type Plan = z.infer<typeof planSchema>;
export type SweepPlan = z.infer<typeof sweepPlanSchema>;
