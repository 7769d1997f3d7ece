import * as z from "zod";
import { quantilesSchema } from "#shared/results.ts";

const count = z.int().min(0);
const ms = z.number().min(0);
const errors = z.record(z.string(), count);

/** Whether the figures can be relied on, and if not, why. */
const trust = { trustworthy: z.boolean(), reasons: z.array(z.string()) };

const openLoopSchema = z.object({
  perSecond: z.number(),
  seconds: z.number(),
  /** How many the schedule has; those that Ctrl-C left out are in no figure. */
  scheduled: count,
  /** From when a request was due. What is no answer of 2xx is longer than anything. */
  response: quantilesSchema,
  errors,
  sender: z.object({ lateP50Ms: ms, lateP99Ms: ms.optional(), lateMaxMs: ms, cpuShare: ms }),
  ...trust,
});

const closedLoopSchema = z.object({
  connections: count,
  seconds: z.number(),
  answersPerSecond: z.number(),
  response: quantilesSchema,
  errors,
  ...trust,
});

/** What `npm run measure URL json` prints. */
export const measuredSchema = z.object({
  schemaVersion: z.literal(1),
  url: z.url(),
  method: z.string(),
  seed: z.int(),
  limitSeconds: z.number(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  /** False if Ctrl-C or the server's end came first. */
  complete: z.boolean(),
  /** True only if every loop was. */
  trustworthy: z.boolean(),
  /** What went wrong, in sentences. */
  problems: z.array(z.string()),
  openLoop: openLoopSchema.optional(),
  closedLoop: closedLoopSchema.optional(),
});

export type OpenLoop = z.infer<typeof openLoopSchema>;
export type ClosedLoop = z.infer<typeof closedLoopSchema>;
export type Measured = z.infer<typeof measuredSchema>;
