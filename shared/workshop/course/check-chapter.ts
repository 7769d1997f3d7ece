import os from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunningFile } from "#shared/run/remote-control.ts";
import { busyMachine, explainBreakdown, isCut, lastDeath, machinesFault, withLog } from "./breakdown.ts";
import type { Breakdown, Circumstances, ProcessLine } from "./breakdown.ts";
import { eventually } from "#shared/stage/eventually.ts";
import { openStage } from "#shared/stage/stage.ts";
import { NotJudgedError, OpenTaskError } from "./task.ts";
import type { Finding, LiveCourse, StagedCourse, Task, TaskText } from "./task.ts";

/** A task and its state. */
export interface CheckedTask extends TaskText {
  /** Unchecked: it comes before `from`, or after the first open task, on which it builds. */
  state: "done" | "open" | "unchecked";
  /** For an open task. */
  finding?: Finding;
  /** The place of a mistake in the copy: "handler.ts:31". */
  brokenAt?: string;
  /** The copy doesn't start, doesn't answer, or ends. That matters before any task. */
  doesNotRun?: true;
  /** It had passed, and a later change has broken it. */
  wasDone?: true;
}

interface CheckOptions {
  folder: string;
  course: StagedCourse;
  /** The first task to check. Default 1. */
  from?: number;
  /** Tasks that have passed before. They stay done if the copy can't start. */
  passed?: readonly number[];
  onLine?: (process: string, line: string) => void;
  /** How many processes want each core of this machine. Default: the load average of the last minute. */
  loadPerCore?: () => number;
}

// Windows has no load average, and reports 0.
const loadOfLastMinute = () => (os.loadavg()[0] ?? 0) / os.availableParallelism();

// The longest check takes a third of it. Whatever takes longer hangs.
const taskWithinMs = 20_000;
const deathSeenWithinMs = 1_000;
const patience = {
  // More than all checks of a chapter use, and quick to seed.
  devices: 200,
  // A start takes two seconds. Don't wait for a copy that never listens as long as a busy benchmark would.
  readyWithinMs: 10_000,
  // Longer than all the chapters' request timeouts together.
  answersWithinMs: 5_000,
};
const linesKept = 200;

/**
 * Starts a copy of the chapter and checks its tasks up to the first open one. Anything wrong with the copy is a finding. Rejects
 * with a {@link NotJudgedError} if the machine is at fault, or too busy to tell whether the copy is late.
 */
export async function checkChapter({
  folder,
  course,
  from = 1,
  passed = [],
  onLine = () => {},
  loadPerCore = loadOfLastMinute,
}: CheckOptions): Promise<CheckedTask[]> {
  const lines: ProcessLine[] = [];
  const listen = (process: string, line: string) => {
    lines.push({ process, line });
    lines.splice(0, lines.length - linesKept);
    onLine(process, line);
  };
  // A machine that became busy or quiet only a moment ago was not so all the time.
  const loadAtFirst = loadPerCore();
  const explain = async (error: unknown) => {
    if (isCut(error)) {
      // A dying process first cuts its connections, and is seen to be dead a moment later.
      await eventually(() => lastDeath(lines) !== undefined, { withinMs: deathSeenWithinMs }).catch(() => {});
    }
    blameMachine(error, { lines, folder, loadPerCore: Math.min(loadAtFirst, loadPerCore()) });
    return error instanceof OpenTaskError
      ? withLog(error.finding, lines, folder)
      : explainBreakdown(error, lines, folder);
  };

  const isWanted = ({ number }: { number: number }) => number >= from;
  const stage = await openStage({
    folder,
    ...patience,
    // On the embedded AWS, whatever emulator the terminal's variables name: the checks need its inspection.
    endpoints: undefined,
    onLine: listen,
    ...course.start,
  }).catch((error: unknown) => explain(error));
  if (!("close" in stage)) {
    const wanted = course.tasks.filter(isWanted);
    const first = wanted.find(({ number }) => !passed.includes(number)) ?? wanted[0];
    return course.tasks.map((task) =>
      task === first
        ? open(task, stage)
        : described(task, passed.includes(task.number) ? "done" : "unchecked"),
    );
  }
  try {
    return await inOrder(
      course.tasks,
      isWanted,
      async ({ check }) => {
        await stage.calm();
        await bounded(check(stage));
      },
      explain,
    );
  } finally {
    await stage.close();
  }
}

/** Checks what was done to the running chapter, if there is one. Rejects like checkChapter if the machine is at fault. */
export function checkRunning(
  course: LiveCourse,
  running: RunningFile | undefined,
  loadPerCore = loadOfLastMinute,
): Promise<CheckedTask[]> {
  const loadAtFirst = loadPerCore();
  return inOrder(
    course.tasks,
    () => true,
    ({ check }) => bounded(check(running)),
    async (error) => {
      blameMachine(error, { lines: [], folder: "", loadPerCore: Math.min(loadAtFirst, loadPerCore()) });
      return error instanceof OpenTaskError ? { finding: error.finding } : explainBreakdown(error, [], "");
    },
  );
}

/** Throws a {@link NotJudgedError} if this machine caused the failure. */
function blameMachine(error: unknown, circumstances: Circumstances): void {
  const machines = machinesFault(error) ?? busyMachine(error, circumstances);
  if (machines !== undefined) {
    throw new NotJudgedError(machines, { cause: error });
  }
}

/** An extra task may stay open: the next one is checked all the same. */
async function inOrder<Subject>(
  tasks: readonly Task<Subject>[],
  isWanted: (task: Task<Subject>) => boolean,
  check: (task: Task<Subject>) => Promise<void>,
  explain: (error: unknown) => Promise<Breakdown>,
): Promise<CheckedTask[]> {
  const checked: CheckedTask[] = [];
  for (const task of tasks) {
    const stopped = checked.some(({ state, isExtra }) => state === "open" && !isExtra);
    if (stopped || !isWanted(task)) {
      checked.push(described(task, "unchecked"));
      continue;
    }
    checked.push(
      await check(task).then(
        () => described(task, "done"),
        async (error: unknown) =>
          open(
            task,
            await explain(error).catch((refused: unknown) => {
              throw withDone(refused, checked);
            }),
          ),
      ),
    );
  }
  return checked;
}

/** If a later task can't be judged, still reports what passed before it. */
function withDone(refused: unknown, checked: readonly CheckedTask[]): unknown {
  const done = checked.flatMap(({ state, number }) => (state === "done" ? [number] : []));
  if (!(refused instanceof NotJudgedError) || done.length === 0) {
    return refused;
  }
  const which = done.length === 1 ? `Task ${done[0]} has` : `Tasks ${done.join(", ")} have`;
  return new NotJudgedError(`${refused.message} ${which} passed.`, { cause: refused });
}

/** An open task that had passed was broken by a later change, unless the whole copy doesn't run. */
export function remembering(task: CheckedTask, hasPassed: boolean): CheckedTask {
  return task.state === "open" && task.doesNotRun !== true && hasPassed ? { ...task, wasDone: true } : task;
}

function described<Subject>(
  { check: _check, ...task }: Task<Subject>,
  state: CheckedTask["state"],
): CheckedTask {
  return { ...task, state };
}

function open<Subject>(task: Task<Subject>, breakdown: Breakdown): CheckedTask {
  return { ...described(task, "open"), ...breakdown };
}

async function bounded(check: Promise<void>): Promise<void> {
  const late = sleep(taskWithinMs, "late", { ref: false });
  if ((await Promise.race([check, late])) === "late") {
    throw new Error(`Expected the check to end within ${taskWithinMs / 1_000} s, but it did not`);
  }
}
