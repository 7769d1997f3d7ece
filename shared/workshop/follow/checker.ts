import type { CheckedTask } from "#shared/workshop/course/check-chapter.ts";
import type { Course } from "#shared/workshop/course/task.ts";
import { checkCopy } from "./check-copy.ts";

interface CheckerOptions {
  course: Course;
  folder: string;
  /** Tasks that have passed before. */
  passed: readonly number[];
  /** Something is known that was not, or a check begins. */
  onChange: () => void;
  /** A check could not be done, in a sentence. */
  onTrouble: (sentence: string) => void;
}

/** How the tasks of one chapter stand, as far as it is known. */
export interface Checker {
  tasks: () => readonly CheckedTask[];
  /** Since when a check is under way. */
  checkingSinceMs: () => number | undefined;
  /** Checks now, or once more as soon as the present check ends. Resolves when no check is left to do. */
  check: (all: boolean) => Promise<void>;
  close: () => void;
}

/** One check at a time. A save checks from the first open task on; "all done" is only said of one that began at task 1. */
export function createChecker({ course, folder, passed, onChange, onTrouble }: CheckerOptions): Checker {
  const ending = new AbortController();
  let tasks: CheckedTask[] = course.tasks.map(({ check: _check, ...task }) => ({
    ...task,
    state: passed.includes(task.number) ? "done" : "unchecked",
  }));
  let sinceMs: number | undefined;
  let wanted: { all: boolean } | undefined;
  let working: Promise<void> | undefined;

  const firstToCheck = () =>
    tasks.find(({ state, isExtra }) => state !== "done" && isExtra !== true)?.number ?? 1;
  const once = async (from: number) => {
    const checked = await checkCopy({ course, folder, from, signal: ending.signal });
    tasks = tasks.map((task) => (task.number < from ? task : (checkedOf(checked, task) ?? task)));
  };
  const work = async () => {
    while (wanted !== undefined && !ending.signal.aborted) {
      const from = wanted.all ? 1 : firstToCheck();
      wanted = undefined;
      sinceMs = Date.now();
      onChange();
      try {
        await once(from);
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
