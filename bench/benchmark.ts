import { deviceAt } from "#shared/devices.ts";
import type { ChapterResult, DayRun, Load } from "#shared/results.ts";
import { measureClosedLoop } from "./closed-loop.ts";
import { liveThroughDay } from "./day.ts";
import type { DayResult } from "./day.ts";
import { withMedians } from "./medians.ts";
import { closedLoop, closedLoopInventory } from "./plan.ts";
import type { Row } from "./plan.ts";
import type { Progress } from "./progress.ts";
import type { RunningChapter, StartChapter } from "./running.ts";
import { seedOf, startFor, stepsOf } from "./steps.ts";
import type { Step } from "./steps.ts";

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

/** Measures all rows. What had finished is in the result, also if `signal` ended it. */
export async function benchmark(options: BenchmarkOptions): Promise<BenchmarkResult> {
  const { rows, progress, signal } = options;
  const runs = new Map<Row, DayRun[]>();
  const loops = new Map<string, ChapterResult["closedLoop"]>();
  const overrides = new Map<Row, Record<string, string>>();
  const failures: string[] = [];
  const steps = stepsOf(options);
  let ahead: Promise<RunningChapter> | undefined;

  for (const [at, step] of steps.entries()) {
    if (signal.aborted) {
      break;
    }
    progress.begin(at);
    const starting = ahead ?? startFor(step, options);
    ahead = undefined;
    try {
      const running = await starting;
      if (step.kind === "closed loop") {
        loops.set(step.row.chapter, await loopOf(running, options));
        continue;
      }
      const next = steps[at + 1];
      const day = await dayOf(step, running, options, () => {
        ahead = next && startFor(next, options);
        // Looked at when its turn comes.
        ahead?.catch(() => {});
      });
      failures.push(...refusal(step.row, day.imbalances));
      if (day.imbalances.length === 0) {
        runs.set(step.row, [...(runs.get(step.row) ?? []), day.run]);
        overrides.set(step.row, withoutAddresses(day.overrides));
      }
    } catch (error) {
      if (!signal.aborted) {
        failures.push(`${step.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  await ahead?.then((running) => running.stop()).catch(() => {});

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

function dayOf(
  step: Extract<Step, { kind: "day" }>,
  running: RunningChapter,
  { load, seed, progress, signal }: BenchmarkOptions,
  onDraining: () => void,
): Promise<DayResult> {
  const { row, run, place } = step;
  const onStage = progress.stage;
  return liveThroughDay({ row, load, seed: seedOf(run, seed), place, running, onStage, onDraining, signal });
}

/** Overrides that name a port of this run would differ every time and tell nothing. */
function withoutAddresses(overrides: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => !value.startsWith("http")));
}

async function loopOf(running: RunningChapter, { progress, signal }: BenchmarkOptions) {
  try {
    signal.throwIfAborted();
    progress.stage("as fast as it answers");
    const devices = Array.from({ length: closedLoopInventory }, (_, index) => deviceAt(index));
    return await measureClosedLoop({ url: `${running.apiUrl}/activations`, devices, signal, ...closedLoop });
  } finally {
    await running.stop();
  }
}
