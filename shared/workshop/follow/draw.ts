import type { CheckedTask } from "../course/check-chapter.ts";
import { describeOpen, describeTask, firstOpen, isPassed } from "../course/text.ts";
import { drawKeys, fit } from "../terminal/paint.ts";
import type { Key, Paint } from "../terminal/paint.ts";
import { wrap } from "#shared/command.ts";
import type { Prediction } from "../readme.ts";
import { nextCommand, runArgument } from "./path.ts";
import type { ChapterStep, CoursePlace } from "./path.ts";

const usualColumns = 80;

/** Everything that the screen shows. */
export interface FollowState {
  place: CoursePlace;
  /** Numbers of all chapters, in their order. */
  chapters: readonly string[];
  steps: readonly ChapterStep[];
  /** "b) in about 10 seconds" */
  guess?: string;
  tasks: readonly CheckedTask[];
  /** The place of a task: "mine/handler.ts:31". */
  placeOf: (task: CheckedTask) => string;
  checkingForMs?: number;
  /** When the last check ended. */
  checkedAtMs?: number;
  /** A question with its answers, or a page that a key has opened. It replaces the finding. */
  page?: readonly string[];
  note: readonly string[];
  keys: readonly Key[];
}

/** The screen, in at most `rows` lines. What doesn't fit is cut in the middle, above the keys. */
export function drawFollow(
  state: FollowState,
  { columns, rows }: { columns: number; rows: number },
  paint: Paint,
): string[] {
  const width = Math.min(columns, usualColumns);
  const head = [
    headLine(state, width, paint),
    pathLine(state, paint),
    "",
    ...stepLines(state, paint),
    ...(state.guess === undefined ? [] : wrap(`Your guess: ${state.guess}`, width).split("\n")),
    "",
  ];
  const middle = state.page ?? [...taskLines(state, paint), "", ...foundLines(state)];
  // No empty line for a missing note: the longest findings need every line.
  const note = state.note.flatMap((line) => wrap(line, width).split("\n"));
  const foot = [
    ...note.slice(-noteLines),
    ...(note.length > 0 ? [""] : []),
    ...drawKeys(state.keys, width, paint),
  ];
  const room = Math.max(rows - head.length - foot.length - 1, 0);
  const shown = middle.length > room ? [...middle.slice(0, Math.max(room - 1, 0)), "..."] : middle;
  return [...head, ...shown, "", ...foot].slice(-Math.max(rows, 1));
}

/** The same without a terminal: the place, the tasks, and what to type next. */
export function describeFollow({ place, steps, tasks, guess }: Omit<FollowState, "keys" | "note">): string[] {
  return [
    `You are in ${place.title}`,
    `Steps: ${steps.map(({ name, isDone }) => (isDone ? `${name} (done)` : name)).join(", ")}`,
    ...(guess === undefined ? [] : [`Your guess: ${guess}`]),
    ...(tasks.length === 0 ? [] : ["", ...tasks.map(describeTask)]),
    "",
    `Next: ${asCommand(nextCommand(place, steps))}`,
  ];
}

const noteLines = 4;

function headLine({ place, checkingForMs, checkedAtMs }: FollowState, width: number, paint: Paint): string {
  const isChecking = checkingForMs !== undefined;
  const ran = checkedAtMs === undefined ? "" : `checked at ${clockTime(checkedAtMs)}`;
  const right = isChecking ? `checking ${Math.floor(checkingForMs / 1_000)} s` : ran;
  const title = paint("bold", fit(place.title, width - right.length - 1));
  return `${title} ${paint(isChecking ? "yellow" : "dim", right)}`;
}

/** The local time: "14:03:22". */
function clockTime(atMs: number): string {
  const at = new Date(atMs);
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}

function pathLine({ place, chapters }: FollowState, paint: Paint): string {
  const numbers = chapters.map((number) =>
    number === place.chapter.number ? paint("reverse", `[${number}]`) : ` ${number} `,
  );
  const files = place.hasCopy ? "your copy: mine/" : "no copy of it in mine/";
  return `${numbers.join("")}   ${place.chapter.number === "00" ? "" : files}`.trimEnd();
}

function stepLines({ place, steps }: FollowState, paint: Paint): string[] {
  const next = steps.find(({ isDone }) => !isDone);
  const words = steps.map((step) => {
    const word = step.isDone ? `${step.name} ok` : step === next ? `> ${step.name}` : step.name;
    return step.isDone ? paint("green", word) : step === next ? paint("bold", word) : paint("dim", word);
  });
  return [words.join("   "), `Next: ${nextKey(place, next?.name)}`];
}

function nextKey(
  { chapter, hasCopy, next, course }: CoursePlace,
  step: ChapterStep["name"] | undefined,
): string {
  if (!hasCopy && chapter.number !== "00") {
    return `n makes your copy of ${chapter.number} in mine/`;
  }
  switch (step) {
    case "read":
    case "predict":
      return `read chapters/${chapter.name}/README.md as far as "Run it", then press r`;
    case "run":
      return "r runs it";
    case "change":
      return course?.looksAt === "running"
        ? "r runs it; there, make the vendor provision one device twice"
        : "save a file of mine/, and its tasks are checked";
    case "measure":
      return "m measures it";
    case undefined:
      return next === undefined ? "you have come to the end" : `n begins ${next.number}`;
  }
}

const asCommand = (next: string) => (next.startsWith("npm ") ? `\`${next}\`` : next);

function taskLines({ place, tasks }: FollowState, paint: Paint): string[] {
  if (tasks.length === 0) {
    return [`${place.chapter.number} has no tasks: read, guess, run.`];
  }
  return tasks.map((task) =>
    task.state === "done"
      ? paint("green", describeTask(task))
      : task.state === "open"
        ? paint("yellow", describeTask(task))
        : describeTask(task),
  );
}

function foundLines({ place, tasks, placeOf }: FollowState): string[] {
  const open = firstOpen(tasks);
  if (open?.finding !== undefined) {
    return describeOpen(open, place.chapter.number, placeOf(open));
  }
  return tasks.length > 0 && isPassed(tasks) ? [`All tasks of ${place.chapter.number} are done.`] : [];
}

/** The keys, the same in every chapter. */
export const keysFor = ({ next }: CoursePlace): Key[] => [
  { key: "c", does: "check" },
  { key: "h", does: "hint" },
  { key: "d", does: "diff" },
  { key: "r", does: "run" },
  { key: "m", does: "measure" },
  { key: "n", does: next === undefined ? "the end" : "next chapter" },
  { key: "?", does: "help" },
  { key: "q", does: "quit" },
];

/** A page that explains each key. */
export function helpPage({ chapter, next }: CoursePlace, steps: readonly ChapterStep[]): string[] {
  const { number, name } = chapter;
  const keys = {
    read: `the text is chapters/${name}/README.md; open it beside this terminal`,
    save: "a file of mine/ that you save is checked by itself",
    c: "check all tasks now",
    h: "a hint for the first open task, one more each time",
    d: `what differs between chapter ${number} and your copy`,
    r: `run it (\`npm run chapter ${runArgument(chapter, steps)}\`); q there comes back here`,
    y: "run your copy in mine/ as it is now, tasks done or not",
    m: "measure yours beside the chapter, in about 45 s",
    n: next === undefined ? "this is the last chapter" : `begin ${next.number}; your mine/ is saved first`,
    q: "quit; where you are is kept",
  };
  return [
    ...Object.entries(keys).flatMap(([key, text]) => hanging(key.padEnd(7), text, usualColumns - 1)),
    "",
    "Return closes this page.",
  ];
}

/** What the screen asks before it goes on. */
export interface Question {
  lines: string[];
  /** By the key that gives it. Any other key is no answer. */
  answers: Record<string, () => Promise<void> | void>;
}

/** The chapter's own question, before its first run. */
export function predictQuestion(
  { question, choices }: Prediction,
  take: (guess: string | undefined) => Promise<void>,
): Question {
  return {
    lines: [
      "Before you run it, guess:",
      "",
      ...wrap(question, usualColumns).split("\n"),
      "",
      ...choices.flatMap(({ letter, text }) => hanging(`  ${letter}) `, text, usualColumns)),
      "",
      `Press ${choices.map(({ letter }) => letter).join(", ")}, or s to skip the question.`,
    ],
    answers: {
      ...Object.fromEntries(choices.map(({ letter }) => [letter, () => take(letter)])),
      s: () => take(undefined),
    },
  };
}

/** Whether to go on although something is left to do. */
export function leaveQuestion(
  chapter: string,
  next: string,
  open: readonly CheckedTask[],
  goOn: () => Promise<void>,
): Question {
  const what = open.length === 1 ? `A task of ${chapter} is` : `${open.length} tasks of ${chapter} are`;
  return {
    lines: [
      `${what} not done. Begin ${next} all the same?`,
      "",
      "What you have changed in mine/ is saved; `npm run begin back` brings it back.",
      "",
      "Press y to go on, n to stay.",
    ],
    answers: { y: goOn, n: () => {}, escape: () => {} },
  };
}

/** A text behind its label, with further lines indented like the first. */
function hanging(label: string, text: string, width: number): string[] {
  return wrap(text, width - label.length)
    .split("\n")
    .map((line, at) => (at === 0 ? label : " ".repeat(label.length)) + line);
}
