import { deviceAt } from "#shared/devices.ts";
import type { ChapterResult, DayRun, Load } from "#shared/results.ts";
import { usualWeather } from "#shared/vendor/weather.ts";
import { measureClosedLoop } from "./closed-loop.ts";
import { liveThroughDay } from "./day.ts";
import { withMedians } from "./medians.ts";
import { closedLoop, closedLoopInventory, rotated } from "./plan.ts";
import type { Row } from "./plan.ts";
import type { Progress } from "./progress.ts";
import type { StartChapter } from "./running.ts";

interface BenchmarkOptions {
  rows: readonly Row[];
  load: Load;
  seed: number;
  withClosedLoop: boolean;
  start: StartChapter;
  log: (name: string, line: string) => void;
  progress: Progress;
  signal: AbortSignal;
}

export interface BenchmarkResult {
  chapters: ChapterResult[];
  /** Sentences: what didn't start, what was refused, with the entries. Empty: all is well. */
  failures: string[];
}

type Step = { name: string; seconds: number } & (
  | { kind: "day"; row: Row; run: number; place: number }
  | { kind: "closed loop"; row: Row }
);

/** What will be done, in order: every round of days in another order, then each chapter's closed loop. */
export function stepsOf({
  rows,
  load,
  withClosedLoop,
}: Pick<BenchmarkOptions, "rows" | "load" | "withClosedLoop">) {
  const round = (run: number): Step[] =>
    rotated(rows, run).map((row, at) => ({
      kind: "day",
      name: load.runs > 1 ? `${row.label}, day ${run + 1}` : row.label,
      seconds: daySeconds(row, load),
      row,
      run,
      place: at + 1,
    }));
  const days = Array.from({ length: load.runs }, (_, run) => round(run)).flat();
  // The vendor's weather makes no difference to it: a chapter has one, though it may have two rows.
  const once = rows.filter((row, at) => rows.findIndex(({ chapter }) => chapter === row.chapter) === at);
  const loops = once.map((row): Step => ({
    kind: "closed loop",
    name: `${row.label}, how fast`,
    seconds: 5,
    row,
  }));
  return withClosedLoop ? [...days, ...loops] : days;
}

// For the time left only: starting, warming up, and the drain, which 03 and 04 use up.
const daySeconds = ({ id }: Row, load: Load) =>
  5 + (id === "03" || id === "04" ? load.horizonMs / 1_000 : 11);

/** Measures all rows. What had finished is in the result, also if `signal` ended it. */
export async function benchmark(options: BenchmarkOptions): Promise<BenchmarkResult> {
  const { rows, progress, signal } = options;
  const runs = new Map<Row, DayRun[]>();
  const loops = new Map<string, ChapterResult["closedLoop"]>();
  const overrides = new Map<Row, Record<string, string>>();
  const failures: string[] = [];

  for (const [at, step] of stepsOf(options).entries()) {
    if (signal.aborted) {
      break;
    }
    progress.begin(at);
    try {
      if (step.kind === "closed loop") {
        loops.set(step.row.chapter, await loopOf(step.row, options));
        continue;
      }
      const day = await dayOf(step, options);
      failures.push(...refusal(step.row, day.imbalances));
      if (day.imbalances.length === 0) {
        runs.set(step.row, [...(runs.get(step.row) ?? []), day.run]);
        overrides.set(step.row, day.overrides);
      }
    } catch (error) {
      if (!signal.aborted) {
        failures.push(`${step.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  const chapters = rows.map((row): ChapterResult => {
    const loop = loops.get(row.chapter);
    const { id, chapter, label, weather } = row;
    const result = {
      id,
      chapter,
      label,
      weather,
      overrides: overrides.get(row) ?? {},
      runs: runs.get(row) ?? [],
    };
    return withMedians({ ...result, ...(loop !== undefined && { closedLoop: loop }) });
  });
  return { chapters: chapters.filter((row) => row.runs.length > 0), failures };
}

const entriesShown = 5;

function refusal(row: Row, imbalances: readonly string[]): string[] {
  if (imbalances.length === 0) {
    return [];
  }
  const more = imbalances.length > entriesShown ? `; and ${imbalances.length - entriesShown} more` : "";
  const shown = imbalances.slice(0, entriesShown).join("; ");
  return [`${row.label}: this run is refused, since its ledger does not balance: ${shown}${more}`];
}

async function dayOf(step: Extract<Step, { kind: "day" }>, options: BenchmarkOptions) {
  const { row, run, place } = step;
  const day = await liveThroughDay({
    row,
    load: options.load,
    // A seed for each round, the same for all its rows: rounds can be compared pair by pair.
    seed: options.seed + run,
    place,
    start: options.start,
    log: (process, line) => options.log(row.id, `[${process}] ${line}`),
    onStage: options.progress.stage,
    signal: options.signal,
  });
  return { ...day, overrides: withoutAddresses(day.overrides) };
}

/** Overrides that name a port of this run would differ every time and tell nothing. */
function withoutAddresses(overrides: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => !value.startsWith("http")));
}

async function loopOf(row: Row, options: BenchmarkOptions) {
  const { progress, signal, log } = options;
  const running = await options.start({
    folder: row.folder,
    weather: { ...usualWeather, seed: options.seed },
    devices: closedLoopInventory,
    // Nobody consumes: the answer alone is measured, and what piles up is thrown away.
    consumers: false,
    onLine: (process, line) => log(`${row.id}-closed-loop`, `[${process}] ${line}`),
  });
  try {
    signal.throwIfAborted();
    progress.stage("as fast as it answers");
    const devices = Array.from({ length: closedLoopInventory }, (_, index) => deviceAt(index));
    return await measureClosedLoop({ url: `${running.apiUrl}/activations`, devices, signal, ...closedLoop });
  } finally {
    await running.stop();
  }
}
