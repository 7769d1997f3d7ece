import { UsageError, wrap } from "#shared/command.ts";
import type { Course, Task } from "./task.ts";

type HintedTask = Omit<Task, "check">;

/** The task that a word names, else the first that has not passed, extra ones last. Throws a {@link UsageError}. */
export function nextTask(
  { chapter, tasks }: Course,
  passed: readonly number[],
  word: string | undefined,
): HintedTask {
  const all: readonly HintedTask[] = tasks;
  if (word !== undefined) {
    const found = all.find(({ number }) => String(number) === word);
    if (found === undefined) {
      const numbers = all.map(({ number }) => number).join(", ");
      throw new UsageError(
        `Expected one of the tasks ${numbers} of chapter ${chapter}, got ${word.slice(0, 40)}.`,
      );
    }
    return found;
  }
  const waiting = all.filter(({ number }) => !passed.includes(number));
  const next = waiting.find(({ isExtra }) => isExtra !== true) ?? waiting[0];
  if (next === undefined) {
    throw new UsageError(
      `All tasks of ${chapter} have passed: \`npm run hint ${chapter} 1\` shows the hints of task 1 again.`,
    );
  }
  return next;
}

/** The hints so far, the newest last, and how to see one more. */
export function describeHints({
  course,
  task,
  place,
  shown,
}: {
  course: Pick<Course, "chapter" | "looksAt">;
  task: HintedTask;
  place: string;
  shown: number;
}): string[] {
  const total = task.hints.length;
  const solution =
    course.looksAt === "running"
      ? ""
      : ` \`npm run diff ${course.chapter} mine\` shows how yours differs from the chapter.`;
  return [
    `Task ${task.number} of ${course.chapter}: ${task.title}  (${place})`,
    "",
    ...task.hints.slice(0, shown).flatMap((hint, index) =>
      wrap(hint, 76)
        .split("\n")
        .map((line, at) => (at === 0 ? `${index + 1}.` : "  ").padEnd(4) + line),
    ),
    "",
    shown < total
      ? `Hint ${shown} of ${total}; one more: \`npm run hint ${course.chapter} ${task.number}\``
      : wrap(`That is all.${solution}`),
  ];
}
