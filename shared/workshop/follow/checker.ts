import { fileURLToPath } from "node:url";
import { startChild } from "#shared/run/child-process.ts";
import { findRunning } from "#shared/run/remote-control.ts";
import { checkRunning, remembering } from "../course/check-chapter.ts";
import type { CheckedTask } from "../course/check-chapter.ts";
import { NotJudgedError } from "../course/task.ts";
import type { Course } from "../course/task.ts";

const checkChild = fileURLToPath(new URL("check-child.ts", import.meta.url));
// Each wait within a check is bounded, so only a copy that blocks the check itself takes this long.
const wholeCheckWithinMs = 90_000;

interface CheckerOptions {
  course: Course;
  folder: string;
  /** Tasks that have passed before. */
  passed: readonly number[];
  /** A check has begun, or has found something. */
  onChange: () => void;
  /** Why a check could not run, in a sentence. */
  onTrouble: (sentence: string) => void;
}

/** The state of one chapter's tasks, as far as we know. */
export interface Checker {
  tasks: () => readonly CheckedTask[];
  /** When the running check began. Undefined if none is running. */
  checkingSinceMs: () => number | undefined;
  /** When the last one ended. */
  checkedAtMs: () => number | undefined;
  /** Resolves when no check is running. */
  settled: () => Promise<void>;
  /** Checks now, or again as soon as the running check ends. Resolves when no check is left to do. */
  check: (all: boolean) => Promise<void>;
  close: () => void;
}

/** Runs one check at a time. A save checks from the first open task on; only a check that began at task 1 says "all done". */
export function createChecker({ course, folder, passed, onChange, onTrouble }: CheckerOptions): Checker {
  const ending = new AbortController();
  let tasks: CheckedTask[] = course.tasks.map(({ check: _check, ...task }) => ({
    ...task,
    state: passed.includes(task.number) ? "done" : "unchecked",
  }));
  let sinceMs: number | undefined;
  let checkedAtMs: number | undefined;
  let wanted: { all: boolean } | undefined;
  let working: Promise<void> | undefined;

  const firstToCheck = () =>
    tasks.find(({ state, isExtra }) => state !== "done" && isExtra !== true)?.number ?? 1;
  const once = async (from: number) => {
    const passed = tasks.filter(({ state }) => state === "done").map(({ number }) => number);
    const checked = await checkCopy({ course, folder, from, passed, signal: ending.signal });
    tasks = tasks.map((task) => (task.number < from ? task : afterwards(task, checkedOf(checked, task))));
  };
  const work = async () => {
    while (wanted !== undefined && !ending.signal.aborted) {
      const from = wanted.all ? 1 : firstToCheck();
      wanted = undefined;
      sinceMs = Date.now();
      onChange();
      try {
        await once(from);
        checkedAtMs = Date.now();
        if (from > 1 && firstToCheck() === 1) {
          wanted ??= { all: true };
        }
      } catch (error) {
        if (!ending.signal.aborted) {
          onTrouble(error instanceof Error ? error.message : String(error));
        }
      }
      sinceMs = undefined;
      if (!ending.signal.aborted) {
        onChange();
      }
    }
    working = undefined;
  };

  return {
    tasks: () => tasks,
    checkingSinceMs: () => sinceMs,
    checkedAtMs: () => checkedAtMs,
    settled: async () => await working,
    check: (all) => {
      wanted = { all: all || wanted?.all === true };
      working ??= work();
      return working;
    },
    close: () => ending.abort(new Error("the workshop goes on elsewhere")),
  };
}

function checkedOf(checked: readonly CheckedTask[], { number }: CheckedTask): CheckedTask | undefined {
  return checked.find((task) => task.number === number);
}

function afterwards(before: CheckedTask, now: CheckedTask = before): CheckedTask {
  return remembering(now, before.state === "done" || before.wasDone === true);
}

interface CopyCheck {
  course: Course;
  folder: string;
  /** Tasks that have passed before. */
  passed: readonly number[];
  /** The first task to check. */
  from: number;
  signal: AbortSignal;
}

/** Checks the tasks in a separate process. Rejects with one sentence if that fails, or if `signal` ended it. */
async function checkCopy({ course, folder, from, passed, signal }: CopyCheck): Promise<CheckedTask[]> {
  if (course.looksAt === "running") {
    return await checkRunning(course, (await findRunning("mine")) ?? (await findRunning(course.chapter)));
  }
  signal.throwIfAborted();
  const child = await startChild({
    name: "check",
    file: checkChild,
    args: [course.chapter, folder, String(from), JSON.stringify(passed)],
    readyWithinMs: wholeCheckWithinMs,
  });
  const kill = () => void child.kill();
  signal.addEventListener("abort", kill, { once: true });
  try {
    signal.throwIfAborted();
    const { checked, notJudged } = await child.ready;
    if (typeof notJudged === "string") {
      throw new NotJudgedError(notJudged);
    }
    return checked as CheckedTask[];
  } finally {
    signal.removeEventListener("abort", kill);
    await child.kill();
  }
}
