import { UsageError, wrap } from "#shared/command.ts";
import { counted, listed } from "#shared/words.ts";
import type { CheckedTask } from "./check-chapter.ts";
import type { Course, TaskText } from "./task.ts";

export interface CheckText {
  /** "04" */
  chapter: string;
  checked: readonly CheckedTask[];
  /** The place of a task: "mine/handler.ts:31". */
  placeOf: (task: CheckedTask) => string;
  /** What to do once all is done, as commands. */
  afterwards: readonly string[];
}

const stateWords = { done: "done", open: "OPEN", unchecked: "-" } as const;
const columns = 80;
const labelWidth = 10;

/** The task to describe: the first open one that is required, otherwise an extra one. */
export function firstOpen(checked: readonly CheckedTask[]): CheckedTask | undefined {
  const open = checked.filter(({ state }) => state === "open");
  return open.find(({ isExtra }) => isExtra !== true) ?? open[0];
}

/** Whether all required tasks are done. */
export function isPassed(checked: readonly CheckedTask[]): boolean {
  return checked.every(({ state, isExtra }) => state === "done" || isExtra === true);
}

/** What `npm run check` prints: the state of each task, and six lines about the first open one. */
export function describeCheck({ chapter, checked, placeOf, afterwards }: CheckText): string[] {
  const open = firstOpen(checked);
  return [
    "",
    ...checked.map(describeTask),
    "",
    ...describeLeft(checked),
    ...(open === undefined ? [] : [...describeOpen(open, chapter, placeOf(open)), ""]),
    ...(isPassed(checked) ? describePassed(chapter, open !== undefined, afterwards) : []),
  ];
}

/** What is done, and what is left. Nothing before the first task is done, or once all are. */
function describeLeft(checked: readonly CheckedTask[]): string[] {
  const required = checked.filter(({ isExtra }) => isExtra !== true);
  const left = required.filter(({ state }) => state !== "done").map(({ number }) => String(number));
  const done = required.length - left.length;
  const be = (count: number) => (count === 1 ? "is" : "are");
  const tasks = left.length === 1 ? "Task" : "Tasks";
  return done === 0 || left.length === 0
    ? []
    : [
        `${done} of ${counted(required.length, "task")} ${be(done)} done. ${tasks} ${listed(left)} ${be(left.length)} left.`,
        "",
      ];
}

/** One line per task, in a column: done, OPEN, or a dash for one that was not checked. */
export function describeTask({ number, title, isExtra, state }: CheckedTask): string {
  const extra = isExtra === true ? " (extra)" : "";
  return `  ${stateWords[state].padEnd(6)} ${number}  ${title}${extra}`;
}

/** The finding about an open task, in six lines. */
export function describeOpen(
  { number, finding, brokenAt, doesNotRun, wasDone }: CheckedTask,
  chapter: string,
  place: string,
): string[] {
  const next = wasDone
    ? `undo it; \`npm run diff ${chapter} mine\` shows what differs from the chapter`
    : `\`npm run hint ${chapter} ${number}\``;
  const lines = {
    did: finding?.did,
    expected: finding?.expected,
    saw: finding?.saw,
    why: finding?.why,
    place: brokenAt !== undefined ? `mine/${brokenAt}` : doesNotRun ? "mine/" : place,
    next: doesNotRun ? `correct it, then \`npm run check ${chapter}\`` : next,
  };
  return [
    ...(wasDone ? [`Task ${number} was done, and your last change broke it.`] : []),
    ...Object.entries(lines).flatMap(([label, text = ""]) => labelled(label, oneLine(text))),
  ];
}

function describePassed(chapter: string, isExtraOpen: boolean, afterwards: readonly string[]): string[] {
  return [
    isExtraOpen
      ? `All that must be done in ${chapter} is done; the extra task is as you like.`
      : `All tasks of ${chapter} are done.`,
    ...(afterwards.length > 0
      ? [`Next: ${afterwards.map((command) => `\`${command}\``).join(", then ")}`]
      : []),
  ];
}

function labelled(label: string, text: string): string[] {
  const [first = "", ...rest] = wrap(text, columns - labelWidth).split("\n");
  return [label.padEnd(labelWidth) + first, ...rest.map((line) => " ".repeat(labelWidth) + line)];
}

/** The output of a process may have many lines, and no full stop. */
function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > 400 ? `${line.slice(0, 399)}…` : line;
}

/** The task that a word names, or the first that has not passed, extra ones last. Throws a {@link UsageError}. */
export function nextTask(
  { chapter, tasks }: Course,
  passed: readonly number[],
  word: string | undefined,
): TaskText {
  const all: readonly TaskText[] = tasks;
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

/** The hints so far, the newest last, and how to see another one. */
export function describeHints({
  course,
  task,
  place,
  shown,
}: {
  course: Pick<Course, "chapter" | "looksAt">;
  task: TaskText;
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
