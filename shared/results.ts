import * as z from "zod";
import { planSchema, sweepPlanSchema } from "#shared/results/plan.ts";
import { quantilesSchema, runSchema, sweepPointSchema } from "#shared/results/run.ts";
import { weatherSchema } from "#shared/vendor-simulator/weather.ts";

export type { Phase, Plan, PlanEvent, SweepPlan } from "#shared/results/plan.ts";
export type {
  CustomerDay,
  Fate,
  Kill,
  LedgerEntries,
  Quantiles,
  RequestOutcome,
  Run,
  Sample,
  Second,
  SweepPoint,
} from "#shared/results/run.ts";

/** What `results.json` looks like today. Raise it with every change that a reader has to know of. */
export const schemaVersion = 2;

const count = z.int().min(0);
const durationMs = z.number().min(0);

const closedLoopSchema = z.object({
  connections: count,
  seconds: z.number(),
  answersPerSecond: z.number(),
  response: quantilesSchema,
});

// p99 is absent where the runs had too few samples for one.
const figures = {
  p50Ms: durationMs.nullable(),
  p99Ms: durationMs.nullable().optional(),
  maxMs: durationMs.nullable(),
};
const range = z.tuple([durationMs.nullable(), durationMs.nullable()]);
const ranges = { p50Ms: range, p99Ms: range.optional(), maxMs: range };

/** The same plan lived through some times, and what the runs have in common. */
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
  /** In what this row's weather differs from the plan's. */
  weather: z.object(weatherSchema.shape).partial(),
  overrides: z.record(z.string(), z.string()),
  /** The short days. */
  day: runsSchema.optional(),
  closedLoop: closedLoopSchema.optional(),
  storm: runsSchema.optional(),
  /** The labs' own: an outage longer than Lambda's retries, and more customers than connections. */
  outage: runsSchema.optional(),
  rush: runsSchema.optional(),
  /** By arrival rate, the lowest first. */
  sweep: z.array(sweepPointSchema).optional(),
});

/** `results.json`, as written by the benchmarks and read by the charts, the report and the deck. */
export const resultsSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  /** As it was typed, such as "npm run bench:storm seed=3": it repeats the run. */
  command: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  /** False if somebody stopped it or a part failed: what had finished by then is here, and nothing else. */
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
  /** Of the first run; each later one of the same plan has the next number. */
  seed: count,
  /** What the vendor is usually like; plans and rows say in what theirs differs. */
  weather: weatherSchema,
  plans: z.object({
    day: planSchema.optional(),
    storm: planSchema.optional(),
    outage: planSchema.optional(),
    rush: planSchema.optional(),
    sweep: sweepPlanSchema.optional(),
  }),
  overrides: z.record(z.string(), z.string()),
  trustworthy: z.boolean(),
  chapters: z.array(chapterSchema),
});

export type ClosedLoopResult = z.infer<typeof closedLoopSchema>;
export type Runs = z.infer<typeof runsSchema>;
export type ChapterResult = z.infer<typeof chapterSchema>;
export type Results = z.infer<typeof resultsSchema>;

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
    const got = found === undefined ? "none" : `schema ${JSON.stringify(found)}`;
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
