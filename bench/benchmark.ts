import { deviceAt } from "#shared/devices.ts";
import type { ChapterResult, ClosedLoopResult, Discarded, Run } from "#shared/results.ts";
import type { ReachableChapter } from "#shared/run/running-chapter.ts";
import type { Trace } from "#shared/trace.ts";
import { runOf, senderOf, summedUp } from "./figures/run.ts";
import { quantiles } from "./figures/statistics.ts";
import { sweepOf } from "./figures/sweep.ts";
import { measureClosedLoop } from "./load/closed-loop.ts";
import type { OpenLoopResult, Sender } from "./load/sender.ts";
import { closedLoop, closedLoopInventory } from "./plan/plans.ts";
import { trialParts } from "./plan/rows.ts";
import type { Row, TrialPart } from "./plan/rows.ts";
import { seedOf, stepsOf } from "./plan/steps.ts";
import type { Step, WhatToMeasure } from "./plan/steps.ts";
import type { Progress } from "./telling/progress.ts";
import { runInBrief } from "./telling/sentences.ts";
import type { RateResult } from "./trial/rate.ts";
import { activationsOf, startAhead, startFor } from "./trial/start.ts";
import type { StartChapter, Started } from "./trial/start.ts";
import { sweepThrough } from "./trial/sweep.ts";
import { liveThrough } from "./trial/trial.ts";
import type { TrialResult } from "./trial/trial.ts";

export interface BenchmarkOptions extends WhatToMeasure {
  seed: number;
  start: StartChapter;
  sender: Sender;
  log: (name: string, line: string) => void;
  /** Keeps the trace of a trial that counts. */
  keepTrace?: (of: { row: string; part: TrialPart; seed: number }, trace: Trace) => Promise<void>;
  progress: Progress;
  signal: AbortSignal;
}

export interface BenchmarkResult {
  chapters: ChapterResult[];
  /** Sentences: what didn't start, what was refused, with the ledger's entries. Empty: all is well. */
  failures: string[];
}

/** What was measured of one row so far. */
interface RowSoFar extends Record<TrialPart, Run[]> {
  sweep: RateResult[];
  closedLoop?: ClosedLoopResult;
  overrides: Record<string, string>;
}

/** Measures all rows. If `signal` ends it, the result contains what had finished. */
export async function benchmark(options: BenchmarkOptions): Promise<BenchmarkResult> {
  const { rows, progress, signal } = options;
  const measured = new Map(
    rows.map((row): [Row, RowSoFar] => [
      row,
      { day: [], storm: [], outage: [], rush: [], kills: [], sweep: [], overrides: {} },
    ]),
  );
  const failures: string[] = [];
  // Reported at once too: a long benchmark ends long after the failure.
  const fail = (sentence: string) => {
    failures.push(sentence);
    progress.say(sentence);
  };
  const turns = stepsOf(options).map((step, at): Turn => ({ at, step, discarded: [] }));
  // Of the next turns, in their order.
  let ahead: Promise<Started>[] = [];

  for (let turn = turns.shift(); turn !== undefined && !signal.aborted; turn = turns.shift()) {
    const { at, step, discarded } = turn;
    progress.begin(at);
    const starting =
      ahead.shift() ?? startFor(step, options).then((running): Started => ({ running, isWarm: false }));
    const repeat = (reasons: string[]) => {
      turns.unshift({ at, step, discarded: [...discarded, { reasons }] });
      progress.say(`${step.name}: made again, since ${reasons.join("; ")}`);
    };
    const startNext = () => {
      if (ahead.length === 0) {
        ahead = startedTogether(turns).map((next) => startAhead(next, options));
        // Handled when their turns come.
        ahead.forEach((each) => void each.catch(() => {}));
      }
    };
    try {
      // A start takes much of the processor, so nothing is measured beside it.
      await Promise.allSettled(ahead);
      const started = await starting;
      const sofar = measured.get(step.row);
      if (sofar !== undefined) {
        const context = { ...started, sofar, discarded, repeat, startNext };
        (await measure(step, context, options)).forEach(fail);
      }
    } catch (error) {
      if (!signal.aborted) {
        fail(`${step.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  await Promise.all(ahead.map((each) => each.then(({ running }) => running.stop()).catch(() => {})));
  return { chapters: chaptersFrom(rows, measured), failures };
}

/** A step at its place, and its earlier attempts that were discarded. */
interface Turn {
  at: number;
  step: Step;
  discarded: Discarded[];
}

interface StepContext extends Started, Pick<Turn, "discarded"> {
  sofar: RowSoFar;
  /** Repeats the same step. */
  repeat: (reasons: string[]) => void;
  startNext: () => void;
}

// Two start in less time than one after the other. A chapter that waits for its closed loop consumes nothing and does nothing.
function startedTogether([first, second]: readonly Turn[]): Step[] {
  const isLoop = (turn?: Turn) => turn?.step.kind === "closed loop";
  return [first, ...(isLoop(first) && isLoop(second) ? [second] : [])].flatMap((turn) => turn?.step ?? []);
}

/** The sender's and the clocks' doubts about a measurement. They don't depend on its figures. */
const doubtsIn = (sent: OpenLoopResult): string[] => senderOf(sent).reasons;

// A chapter that is still busy this long before the end works through its backlog. That load is small, so the machine is free enough
// to start the next chapter. On the short day that is a second after the last customer has come: waiting for a retry needs no CPU.
const spareMs = (kind: TrialPart) => (kind === "day" ? 6_000 : 4_000);

/** Runs one step. Returns what was refused. The chapter is stopped in any case. */
async function measure(step: Step, context: StepContext, options: BenchmarkOptions): Promise<string[]> {
  const { running, isWarm, sofar, discarded, repeat, startNext } = context;
  const { seed, sender, progress, signal, mostRepeats = 0 } = options;
  const common = { running, sender, signal, onStage: progress.stage };
  if (step.kind === "closed loop") {
    sofar.closedLoop = await loopOf(running, { ...options, startNext });
    return [];
  }
  if (step.kind === "sweep") {
    sofar.overrides = withoutAddresses(running.overrides);
    const onRate = (rate: RateResult) => sofar.sweep.push(rate);
    await sweepThrough({ ...common, plan: step.plan, seed, onRate, mostRepeats, doubtsIn });
    return [];
  }
  const { row, plan, run, place, kind } = step;
  let isRepeated = false;
  const trial = await liveThrough({
    ...common,
    row,
    plan,
    isWarm,
    seed: seedOf(run, seed),
    // Decided before the drain, so that the right next step is started ahead.
    onSent: (sent) => {
      const reasons = doubtsIn(sent);
      isRepeated = reasons.length > 0 && discarded.length < mostRepeats;
      if (isRepeated) {
        repeat(reasons);
      }
    },
    ...(running.isShared !== true && { onSpareTime: startNext }),
    spareMs: spareMs(kind),
  });
  if (trial.imbalances.length > 0) {
    return [refusal(step.name, trial.imbalances)];
  }
  if (!isRepeated) {
    const found = { ...runOf(trial, place), ...(discarded.length > 0 && { discarded }) };
    sofar[kind].push(found);
    if (plan.runs > 1) {
      // The table shows all of them together, minutes later.
      progress.say(`${step.name}: ${runInBrief(found)}`);
    }
    await keep(trial, step, options);
  }
  sofar.overrides = withoutAddresses(running.overrides);
  return [];
}

/** Keeps a trial's trace if wanted, and says why there is none, or no ledger from it. */
async function keep(
  { trace, whyNoTrace }: Pick<TrialResult, "trace" | "whyNoTrace">,
  { name, row, kind, run }: Extract<Step, { kind: TrialPart }>,
  { keepTrace, traces = "each", seed, progress }: BenchmarkOptions,
): Promise<void> {
  if (whyNoTrace !== undefined && (trace !== undefined || run === 0)) {
    progress.say(`${name}: ${whyNoTrace}`);
  }
  const isWanted = traces === "each" || (run === 0 && (kind === "day" || kind === "storm"));
  if (trace !== undefined && isWanted) {
    await keepTrace?.({ row: row.id, part: kind, seed: seedOf(run, seed) }, trace);
  }
}

function chaptersFrom(rows: readonly Row[], measured: Map<Row, RowSoFar>): ChapterResult[] {
  return rows.flatMap((row) => {
    const sofar = measured.get(row);
    // Two rows of one chapter share its closed loop.
    const closedLoop = rows
      .filter(({ chapter }) => chapter === row.chapter)
      .map((each) => measured.get(each)?.closedLoop)
      .find((loop) => loop !== undefined);
    const trials = Object.fromEntries(
      trialParts.flatMap((part) => {
        const runs = summedUp(sofar?.[part] ?? []);
        return runs ? [[part, runs]] : [];
      }),
    );
    const sweep = sweepOf(sofar?.sweep ?? []);
    if (Object.keys(trials).length === 0 && sweep.length === 0) {
      return [];
    }
    const { id, chapter, label, weather } = row;
    return [
      {
        id,
        chapter,
        label,
        weather,
        overrides: sofar?.overrides ?? {},
        ...trials,
        ...(closedLoop && { closedLoop }),
        ...(sweep.length > 0 && { sweep }),
      },
    ];
  });
}

const entriesShown = 5;

function refusal(name: string, imbalances: readonly string[]): string {
  const more = imbalances.length > entriesShown ? `; and ${imbalances.length - entriesShown} more` : "";
  const shown = imbalances.slice(0, entriesShown).join("; ");
  return `${name}: this run is refused, since its ledger does not balance: ${shown}${more}`;
}

/** Leaves out overrides with a port of this run: they differ every time and mean nothing. */
function withoutAddresses(overrides: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => !/^\w+:\/\//.test(value)));
}

async function loopOf(
  running: ReachableChapter,
  {
    progress,
    signal,
    startNext,
  }: Pick<BenchmarkOptions, "progress" | "signal"> & Pick<StepContext, "startNext">,
): Promise<ClosedLoopResult> {
  try {
    signal.throwIfAborted();
    progress.stage("as fast as it answers");
    const devices = Array.from({ length: closedLoopInventory }, (_, index) => deviceAt(index));
    const { url } = activationsOf(running);
    const { answersPerSecond, ...samples } = await measureClosedLoop({ url, devices, signal, ...closedLoop });
    // While this one ends.
    startNext();
    const { connections, seconds } = closedLoop;
    return { connections, seconds, answersPerSecond, response: quantiles(samples) };
  } finally {
    await running.stop();
  }
}
