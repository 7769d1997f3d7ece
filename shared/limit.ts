import * as z from "zod";

const count = z.int().min(0);
const positive = z.number().positive();
const ms = z.number().min(0);

/** The two clocks: until the customer is answered, and until the device works. */
const brokeSchema = z.enum(["answered", "works", "both"]);

/** Where the limit comes from, as far as it was seen. */
const causeSchema = z.enum(["api", "machine", "vendor", "queue", "unclear"]);

/** How many of all were in time. `p95Ms` is `null` if that one never was. */
const inTimeSchema = z.object({ inTime: count, of: count, p95Ms: ms.nullable() });

/** One arrival rate for some seconds, and whether the promise was kept. */
const probeSchema = z.object({
  perSecond: positive,
  seconds: positive,
  kept: z.boolean(),
  answered: inTimeSchema,
  /** Absent if there is no second clock. */
  works: inTimeSchema.optional(),
  /** Customers who still waited in the middle of the probe, and at its end. */
  backlog: z.object({ middle: count, end: count }),
  /** How many were done in each of its seconds. */
  donePerSecond: z.number().min(0),
  broke: brokeSchema.optional(),
  /** Why it says nothing about the system: the sender was late, or the machine slept. */
  doubt: z.string().optional(),
});

/** The highest arrival rate at which a system keeps a promise, as `npm run limit` found it. */
export const limitSchema = z.object({
  /** "04", "mine", "url". */
  id: z.string(),
  /** At most ten characters, for tables and axes. */
  label: z.string(),
  /** A chapter's folder, or a URL. */
  of: z.string(),
  /** For 95 % of the customers, and of the devices. */
  promised: z.object({ answeredMs: positive, worksMs: positive.optional() }),
  fromPerSecond: positive,
  /** Absent: at least `fromPerSecond`, since no rate that could be sent was too high. */
  toPerSecond: positive.optional(),
  /** How often such an interval contains the limit, from 0 to 1. */
  confidence: z.number().min(0).max(1),
  /** What was done a second in a flood. Absent if there was none. */
  throughputPerSecond: positive.optional(),
  /** The clock that broke first. Absent: none did. */
  broke: brokeSchema.optional(),
  cause: causeSchema,
  /** A sentence with the figures behind the cause. */
  why: z.string(),
  /** How many of the machine's cores other programs had, on average. Absent if it was not seen. */
  others: z.object({ cores: z.number().min(0), of: z.int().positive() }).optional(),
  probes: z.array(probeSchema).min(1),
  tookSeconds: z.number().min(0),
});

export type Limit = z.infer<typeof limitSchema>;
export type LimitProbe = z.infer<typeof probeSchema>;
