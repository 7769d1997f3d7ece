import * as z from "zod";

const count = z.int().min(0);
const durationMs = z.number().min(0);

/**
 * Quantiles in which nothing is left out: what never finished is longer than anything, and `null` where a quantile
 * falls among those. `p99Ms` is absent below 500 samples, `p999Ms` below 5,000.
 */
export const quantilesSchema = z.object({
  count,
  p50Ms: durationMs.nullable(),
  p90Ms: durationMs.nullable(),
  p99Ms: durationMs.nullable().optional(),
  p999Ms: durationMs.nullable().optional(),
  maxMs: durationMs.nullable(),
  /** How many never finished. */
  never: count,
  /** For how long at least each of those was watched; absent if nobody was at work on any of them any more. */
  watchedMs: durationMs.optional(),
  /** The slowest that did finish; absent if none did. */
  slowestFinishedMs: durationMs.optional(),
});

const ledgerSchema = z.object({
  sent: count,
  accepted: count,
  repeated: count,
  rejected: count,
  failed: count,
  unanswered: count,
  activated: count,
  gaveUp: count,
  waiting: count,
  deadLettered: count,
  lost: count,
  orphaned: count,
  doubled: count,
  vendorCalls: count,
});

const outcomeSchema = z.enum(["accepted", "repeated", "rejected", "failed", "unanswered"]);
const fateSchema = z.enum(["activated", "gaveUp", "waiting", "deadLettered", "lost", "refused"]);

/** One customer's day; all times count from the same moment, at which the day began. */
const customerSchema = z.object({
  customerId: z.string(),
  macAddress: z.string(),
  /** When the request should have been sent. */
  startMs: durationMs,
  /** `null`: the connection was cut, or the time limit was over. */
  answeredMs: durationMs.nullable(),
  /** When the device began to work. */
  activeMs: z.number().nullable(),
  outcome: outcomeSchema,
  /** What became of it in the end; "refused": no ticket was handed out, so nothing was owed. */
  fate: fateSchema,
  provisionedCount: count,
  poison: z.boolean(),
});

const killSchema = z.object({
  atMs: durationMs,
  target: z.enum(["api", "worker", "function"]),
  /** Devices whose vendor call was open in what was killed. */
  openCalls: z.array(z.string()),
});

/** What one second brought, counted from the start. */
const secondSchema = z.object({
  atSecond: count,
  /** Customers who came in it, and how many of those got an error or no answer. */
  arrivals: count,
  errors: count,
  /** Of those customers; `null`: longer than anything, or nobody came. */
  responseP50Ms: durationMs.nullable(),
  responseMaxMs: durationMs.nullable(),
  /** Devices that began to work in it, and calls at the vendor that began in it. */
  activated: count,
  vendorCalls: count,
});

/** What a look at the queues and the vendor saw. */
const sampleSchema = z.object({
  atMs: durationMs,
  /** Messages in the queue that wait, and that somebody has. */
  visible: count,
  inFlight: count,
  /** Messages in the dead-letter queue. */
  setAside: count,
  /** Calls that the vendor works on, and that stand in its line. */
  vendorOpen: count,
});

/** What the sending process itself did to the figures. */
const senderSchema = z.object({
  lateP99Ms: durationMs.optional(),
  lateMaxMs: durationMs,
  /** Of one core, while it sent. */
  cpuShare: z.number().min(0),
});

export const runSchema = z.object({
  startedAt: z.iso.datetime(),
  seed: count,
  /** Which place it had in its round, from 1. */
  place: count,
  response: quantilesSchema,
  activation: quantilesSchema,
  ledger: ledgerSchema,
  sender: senderSchema,
  /** "quiet": nothing could change any more; "limit": the time for it was over. */
  drain: z.object({ endedBy: z.enum(["quiet", "limit"]), endedMs: durationMs }),
  kills: z.array(killSchema),
  trustworthy: z.boolean(),
  reasons: z.array(z.string()),
  /** So many per cent of all requests were answered within so long; `null`: longer than anything. */
  percentiles: z.array(z.object({ percent: z.number(), responseMs: durationMs.nullable() })),
  /** Of a short day; of a storm, which has a thousand, `seconds` and `samples` tell. */
  customers: z.array(customerSchema),
  seconds: z.array(secondSchema),
  samples: z.array(sampleSchema),
  /** What lay in the dead-letter queue right before a redrive. */
  beforeRedrive: z.object({ poison: count, healthy: count }).optional(),
  /** How often a database had no connection left; only of a chapter with a store of its own. */
  connectionsRefused: count.optional(),
});

/** One arrival rate of a sweep. */
export const sweepPointSchema = z.object({
  perSecond: z.number(),
  seconds: z.number(),
  response: quantilesSchema,
  activation: quantilesSchema,
  errors: count,
  /** Customers who were still owed an answer or a device when the last one had come. */
  unfinished: count,
  /** False: more came than was done, so that every figure depends on how long one looks. */
  steady: z.boolean(),
  sender: senderSchema,
  reasons: z.array(z.string()),
});

export type Quantiles = z.infer<typeof quantilesSchema>;
export type LedgerEntries = z.infer<typeof ledgerSchema>;
export type RequestOutcome = z.infer<typeof outcomeSchema>;
export type Fate = z.infer<typeof fateSchema>;
export type CustomerDay = z.infer<typeof customerSchema>;
export type Kill = z.infer<typeof killSchema>;
export type Second = z.infer<typeof secondSchema>;
export type Sample = z.infer<typeof sampleSchema>;
export type Run = z.infer<typeof runSchema>;
export type SweepPoint = z.infer<typeof sweepPointSchema>;
