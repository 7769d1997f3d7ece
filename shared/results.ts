import { z } from "zod";
import { weatherSchema } from "#shared/vendor/weather.ts";

/** What `results.json` looks like today. Raise it with every change that a reader has to know of. */
export const schemaVersion = 1;

const count = z.int().min(0);
const durationMs = z.number().min(0);

/**
 * Quantiles in which nothing is left out: what never finished is longer than anything, and `null` where a quantile
 * falls among those. `p99Ms` is absent below 500 samples, `p999Ms` below 5,000.
 */
const quantilesSchema = z.object({
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

const runSchema = z.object({
  startedAt: z.iso.datetime(),
  /** Which place it had in its round, from 1. */
  place: count,
  response: quantilesSchema,
  activation: quantilesSchema,
  ledger: ledgerSchema,
  sender: z.object({ lateP99Ms: durationMs.optional(), lateMaxMs: durationMs }),
  /** "quiet": nothing could change any more; "limit": the time for it was over. */
  drain: z.object({ endedBy: z.enum(["quiet", "limit"]), endedMs: durationMs }),
  kills: z.array(killSchema),
  trustworthy: z.boolean(),
  reasons: z.array(z.string()),
  customers: z.array(customerSchema),
});

const closedLoopSchema = z.object({
  connections: count,
  seconds: z.number(),
  answersPerSecond: z.number(),
  response: quantilesSchema,
});

const figures = { p50Ms: durationMs.nullable(), maxMs: durationMs.nullable() };
const medianSchema = z.object({ response: z.object(figures), activation: z.object(figures) });
const range = z.tuple([durationMs.nullable(), durationMs.nullable()]);
const rangeSchema = z.object({
  response: z.object({ p50Ms: range, maxMs: range }),
  activation: z.object({ p50Ms: range, maxMs: range }),
});

const chapterSchema = z.object({
  /** The row: "03", "07+key", "mine". */
  id: z.string(),
  /** The chapter's folder, such as "03-queue". */
  chapter: z.string(),
  /** At most ten letters, for tables and axes. */
  label: z.string(),
  /** In what this row's weather differs from the usual one of this file. */
  weather: z.object(weatherSchema.shape).partial(),
  overrides: z.record(z.string(), z.string()),
  runs: z.array(runSchema),
  closedLoop: closedLoopSchema.optional(),
  median: medianSchema.optional(),
  range: rangeSchema.optional(),
});

/** `results.json`, as written by `npm run bench` and read by the charts, the report and the deck. */
export const resultsSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  /** False if somebody stopped it: what had finished by then is here, and nothing else. */
  complete: z.boolean(),
  environment: z.object({
    machine: z.string(),
    cores: count,
    memoryGiB: z.number(),
    os: z.string(),
    node: z.string(),
    commit: z.string().nullable(),
    dirty: z.boolean().nullable(),
  }),
  notes: z.array(z.string()),
  seed: count,
  weather: weatherSchema,
  load: z.object({
    customers: count,
    perSecond: z.number(),
    seconds: z.number(),
    runs: count,
    killAtMs: durationMs,
    poison: z.array(z.string()),
    everyNthTwice: count,
    duplicateDelaysMs: z.array(durationMs),
    horizonMs: durationMs,
  }),
  overrides: z.record(z.string(), z.string()),
  trustworthy: z.boolean(),
  chapters: z.array(chapterSchema),
});

export type Quantiles = z.infer<typeof quantilesSchema>;
export type LedgerEntries = z.infer<typeof ledgerSchema>;
export type RequestOutcome = z.infer<typeof outcomeSchema>;
export type Fate = z.infer<typeof fateSchema>;
export type CustomerDay = z.infer<typeof customerSchema>;
export type Kill = z.infer<typeof killSchema>;
export type DayRun = z.infer<typeof runSchema>;
export type ClosedLoopResult = z.infer<typeof closedLoopSchema>;
export type ChapterResult = z.infer<typeof chapterSchema>;
export type Results = z.infer<typeof resultsSchema>;
export type Load = Results["load"];

/** The file is not a `results.json` of this schema. Its message says which file and what to do. */
export class ResultsError extends Error {
  override readonly name = "ResultsError";
}

/** Reads the text of a `results.json`; `name` is for the message. Throws {@link ResultsError}. */
export function parseResults(text: string, name: string): Results {
  const run = "run `npm run bench` for new ones";
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ResultsError(`Expected results in ${name}, but the file is cut off or not JSON; ${run}.`, {
      cause,
    });
  }
  const found = z.object({ schemaVersion: z.unknown() }).safeParse(json).data?.schemaVersion;
  if (found !== schemaVersion) {
    const got = found === undefined ? "none" : JSON.stringify(found);
    throw new ResultsError(`Expected results of schema ${schemaVersion} in ${name}, got ${got}; ${run}.`);
  }
  const parsed = resultsSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join(".") ?? "";
    throw new ResultsError(
      `Expected results in ${name}, but \`${where}\` is wrong: ${issue?.message}; ${run}.`,
    );
  }
  return parsed.data;
}
