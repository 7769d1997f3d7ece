import * as z from "zod";
import { limitSchema } from "#shared/limit.ts";
import { weatherSchema } from "#shared/vendor-simulator/weather.ts";

/** The present version of `results.json`. Increase it with every change that a reader has to know about. */
export const schemaVersion = 3;
// In version 2 a table was a list of rows. It is still read.
const readVersions: readonly unknown[] = [2, schemaVersion];

const count = z.int().min(0);
/** Rounded to a thousandth: for milliseconds that is the clock's precision. */
const measured = z.number().overwrite((value) => Math.round(value * 1_000) / 1_000);
const durationMs = measured.min(0);

/** A list of many similar rows. The file has a list per field, so a few lines hold all of them. */
const table = <Row extends z.ZodObject>(row: Row) => z.preprocess(rowsOf, z.array(row));
const tableNames = new Set(["percentiles", "customers", "seconds", "samples"]);

function rowsOf(columnsOrRows: unknown): unknown {
  const columns = z.record(z.string(), z.array(z.unknown())).safeParse(columnsOrRows).data;
  if (columns === undefined) {
    return columnsOrRows;
  }
  const rows = Math.max(0, ...Object.values(columns).map(({ length }) => length));
  return Array.from({ length: rows }, (_, at) =>
    Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column[at]])),
  );
}

const columnsOf = (rows: readonly object[]) =>
  Object.fromEntries(
    Object.keys(rows[0] ?? {}).map((name) => [name, rows.map((row) => row[name as keyof typeof row])]),
  );

/** This many arrivals a second, for this many seconds. */
const phaseSchema = z.object({ perSecond: z.number().positive(), seconds: z.number().positive() });

/** What happens to every chapter at the same moment, counted from the first second of arrivals. */
const eventSchema = z.object({
  atMs: durationMs,
  does: z.enum(["kill-worker", "kill-api", "outage-begins", "outage-ends", "heal-and-redrive"]),
});

/** A load and its troubles, the same for every chapter: the short day, and the storm. */
export const planSchema = z.object({
  /** Such as "the short day". */
  name: z.string(),
  runs: count,
  customers: count,
  phases: z.array(phaseSchema),
  /** How the vendor's weather differs from the usual one, for all rows. */
  weather: z.object(weatherSchema.shape).partial(),
  /** In order. "kill-worker" kills what does the work: the API, the worker, or a function in a vendor call. */
  events: z.array(eventSchema),
  /** Devices that can't be provisioned, and those of them that "heal-and-redrive" heals. */
  poison: z.array(z.string()),
  healed: z.array(z.string()),
  everyNthTwice: count,
  duplicateDelaysMs: z.array(durationMs),
  /** It ends at the latest this long after the first customer came. */
  horizonMs: durationMs,
  /** Requests before it that don't count: for cold processes each takes three times as long. */
  warmUpRepeats: count,
  /** How often the queues and the vendor were looked at during the run. Absent: never. */
  sampleEveryMs: durationMs.optional(),
});

/** The arrival rates of a sweep, one after the other, each for this many seconds. */
const sweepPlanSchema = z.object({
  phases: z.array(phaseSchema),
  drainMs: durationMs,
  warmUpRepeats: count,
});

/**
 * Quantiles that leave nothing out: what never finished counts as longer than anything, and a quantile among those is `null`.
 * `p99Ms` is absent below 500 samples, `p999Ms` below 5,000.
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
  /** How long each of those was watched at least. Absent if no one was still working on any of them. */
  watchedMs: durationMs.optional(),
  /** The slowest that did finish. Absent if none did. */
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

/** One customer's day. All times count from the start of the day. */
const customerSchema = z.object({
  customerId: z.string(),
  macAddress: z.string(),
  /** When the request should have been sent. */
  startMs: durationMs,
  /** `null`: the connection was cut, or the time limit was over. */
  answeredMs: durationMs.nullable(),
  /** When the device began to work. */
  activeMs: measured.nullable(),
  outcome: outcomeSchema,
  /** What became of it in the end. "refused": there was no ticket, so nothing was owed. */
  fate: fateSchema,
  provisionedCount: count,
  poison: z.boolean(),
});

const killSchema = z.object({
  atMs: durationMs,
  target: z.enum(["api", "worker", "function"]),
  /** Devices whose vendor call was open in the killed process. */
  openCalls: z.array(z.string()),
  /** For a function's environment: all devices that it was working on, even if their tickets were not written yet. */
  inHand: z.array(z.string()).optional(),
});

/** One second of the run, counted from the start. */
const secondSchema = z.object({
  atSecond: count,
  /** Customers who came in it, and how many of them got an error or no answer. */
  arrivals: count,
  errors: count,
  /** Of those customers. `null`: longer than anything, or no one came. */
  responseP50Ms: durationMs.nullable(),
  responseMaxMs: durationMs.nullable(),
  /** Devices that began to work in it, and vendor calls that began in it. */
  activated: count,
  vendorCalls: count,
});

/** One look at the queues and the vendor. */
const sampleSchema = z.object({
  atMs: durationMs,
  /** Messages that wait in the queue, and messages that a consumer has received. */
  visible: count,
  inFlight: count,
  /** Messages in the dead-letter queue. */
  setAside: count,
  /** Calls that the vendor works on, and calls that wait in its line. */
  vendorOpen: count,
});

/** How much the sending process itself affected the figures. */
const senderSchema = z.object({
  lateP99Ms: durationMs.optional(),
  lateMaxMs: durationMs,
  /** Of one core, while it sent. */
  cpuShare: measured.min(0),
});

/** How busy the CPU was while customers came. */
const processorSchema = z.object({
  /** Of all the machine's cores, by all its processes, from the first customer to the last. */
  busyShare: z.number().min(0),
  /** The same for the plan's busiest phase. */
  busiestShare: z.number().min(0),
  /** Of one core, by process name. */
  ofOneCore: z.record(z.string(), z.number().min(0)),
});

/** An attempt that was unreliable for reasons outside its figures, and was repeated at once. */
const discardedSchema = z.object({ reasons: z.array(z.string()).min(1) });

const runSchema = z.object({
  startedAt: z.iso.datetime(),
  seed: count,
  /** Its place in its round, from 1. */
  place: count,
  response: quantilesSchema,
  activation: quantilesSchema,
  ledger: ledgerSchema,
  sender: senderSchema,
  /** Absent: not measured. */
  processor: processorSchema.optional(),
  /** "quiet": nothing could change any more; "limit": the time was over. */
  drain: z.object({ endedBy: z.enum(["quiet", "limit"]), endedMs: durationMs }),
  kills: z.array(killSchema),
  /** Attempts whose end no one saw: killed, timed out, or given up. Absent in older results, which didn't count them. */
  unheard: count.optional(),
  trustworthy: z.boolean(),
  reasons: z.array(z.string()),
  /** The discarded attempts before this one. Absent: it was the first. */
  discarded: z.array(discardedSchema).optional(),
  /** This share of all requests was answered within this time. `null`: longer than anything. */
  percentiles: table(z.object({ percent: z.number(), responseMs: durationMs.nullable() })),
  /** For a short day only. A storm has a thousand customers, so it has `seconds` and `samples` instead. */
  customers: table(customerSchema),
  seconds: table(secondSchema),
  samples: table(sampleSchema),
  /** What was in the dead-letter queue right before a redrive. */
  beforeRedrive: z.object({ poison: count, healthy: count }).optional(),
  /** How often a database had no connection left. Only for a chapter with its own store. */
  connectionsRefused: count.optional(),
});

/** One arrival rate of a sweep. */
const sweepPointSchema = z.object({
  perSecond: z.number(),
  seconds: z.number(),
  response: quantilesSchema,
  activation: quantilesSchema,
  errors: count,
  /** Customers who still waited for an answer or a device when the last one had come. */
  unfinished: count,
  /** False: more came than was done, so every figure depends on how long the run was watched. */
  steady: z.boolean(),
  sender: senderSchema,
  /** Absent: not measured. */
  processor: processorSchema.optional(),
  reasons: z.array(z.string()),
  /** The discarded attempts before this one. Absent: it was the first. */
  discarded: z.array(discardedSchema).optional(),
});

export const closedLoopSchema = z.object({
  connections: count,
  seconds: z.number(),
  answersPerSecond: measured,
  response: quantilesSchema,
});

// p99 is absent if the runs had too few samples for one.
const figures = {
  p50Ms: durationMs.nullable(),
  p99Ms: durationMs.nullable().optional(),
  maxMs: durationMs.nullable(),
};
const range = z.tuple([durationMs.nullable(), durationMs.nullable()]);
const ranges = { p50Ms: range, p99Ms: range.optional(), maxMs: range };

/** Several runs of the same plan, and the figures over all of them. */
const runsSchema = z.object({
  runs: z.array(runSchema).min(1),
  median: z.object({ response: z.object(figures), activation: z.object(figures) }),
  range: z.object({ response: z.object(ranges), activation: z.object(ranges) }),
});

const chapterSchema = z.object({
  /** The row: "03", "07+key", "mine". */
  id: z.string(),
  /** The chapter's folder, such as "03-queue". */
  chapter: z.string(),
  /** At most ten letters, for tables and axes. */
  label: z.string(),
  /** How this row's weather differs from the plan's. */
  weather: z.object(weatherSchema.shape).partial(),
  overrides: z.record(z.string(), z.string()),
  /** The short days. */
  day: runsSchema.optional(),
  closedLoop: closedLoopSchema.optional(),
  storm: runsSchema.optional(),
  /** The labs' own: an outage longer than Lambda's retries, more customers than connections, environments that die at work. */
  outage: runsSchema.optional(),
  rush: runsSchema.optional(),
  kills: runsSchema.optional(),
  /** By arrival rate, the lowest first. */
  sweep: z.array(sweepPointSchema).optional(),
});

/** `results.json`, written by the benchmarks and read by the charts, the report and the deck. */
export const resultsSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  /** As it was typed, such as "npm run bench:storm seed=3". It repeats the run. */
  command: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  /** False if it was stopped or a part failed: then it contains only what had finished. */
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
  /** For the first run. Each later one of the same plan has the next number. */
  seed: count,
  /** The vendor's usual weather. Plans and rows say how theirs differs. */
  weather: weatherSchema,
  plans: z.object({
    day: planSchema.optional(),
    storm: planSchema.optional(),
    outage: planSchema.optional(),
    rush: planSchema.optional(),
    kills: planSchema.optional(),
    sweep: sweepPlanSchema.optional(),
  }),
  overrides: z.record(z.string(), z.string()),
  trustworthy: z.boolean(),
  chapters: z.array(chapterSchema),
  /** Up to which rate each keeps a promise; absent: it was not looked for. */
  limits: z.array(limitSchema).optional(),
});

export type Phase = z.infer<typeof phaseSchema>;
export type PlanEvent = z.infer<typeof eventSchema>;
export type Plan = z.infer<typeof planSchema>;
export type SweepPlan = z.infer<typeof sweepPlanSchema>;
export type Quantiles = z.infer<typeof quantilesSchema>;
export type LedgerEntries = z.infer<typeof ledgerSchema>;
export type RequestOutcome = z.infer<typeof outcomeSchema>;
export type Fate = z.infer<typeof fateSchema>;
export type CustomerDay = z.infer<typeof customerSchema>;
export type Kill = z.infer<typeof killSchema>;
export type Second = z.infer<typeof secondSchema>;
export type Sample = z.infer<typeof sampleSchema>;
export type ProcessorUse = z.infer<typeof processorSchema>;
export type Discarded = z.infer<typeof discardedSchema>;
export type Run = z.infer<typeof runSchema>;
export type SweepPoint = z.infer<typeof sweepPointSchema>;
export type ClosedLoopResult = z.infer<typeof closedLoopSchema>;
export type Runs = z.infer<typeof runsSchema>;
export type ChapterResult = z.infer<typeof chapterSchema>;
export type Results = z.infer<typeof resultsSchema>;

/** The file is not a `results.json` of this schema. The message says which file, and what to do. */
export class ResultsError extends Error {
  override readonly name = "ResultsError";
}

/** Parses the text of a `results.json`. `name` is for the message. Throws {@link ResultsError}. */
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
  const { schemaVersion: found, ...content } = z.looseObject({}).safeParse(json).data ?? {};
  if (!readVersions.includes(found)) {
    const got = found === undefined ? "none" : `schema ${JSON.stringify(found)}`;
    throw new ResultsError(`Expected results of schema ${schemaVersion} in ${name}, got ${got}; ${run}.`);
  }
  const parsed = resultsSchema.safeParse({ ...content, schemaVersion });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join(".") ?? "";
    throw new ResultsError(
      `Expected results in ${name}, but \`${where}\` is wrong: ${issue?.message}; ${run}.`,
    );
  }
  return parsed.data;
}

const nothingNested = /[[{][^[\]{}]*[\]}]/g;

/** The text of a `results.json`. Flat objects and lists take one line each, so that a diff of the file is readable. */
export function resultsJson(results: Results): string {
  const byColumns = (name: string, value: unknown): unknown =>
    tableNames.has(name) && Array.isArray(value) && value.length > 0 ? columnsOf(value) : value;
  // JSON strings contain no line ends, so this never matches inside one.
  const onOneLine = (part: string) => part.replaceAll(/(?<=\[)\n *|\n *(?=\])/g, "").replaceAll(/\n */g, " ");
  return `${JSON.stringify(results, byColumns, 1).replaceAll(nothingNested, onOneLine)}\n`;
}
