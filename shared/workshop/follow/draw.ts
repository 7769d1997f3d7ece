import type { CheckedTask } from "../course/check-chapter.ts";
import { describeOpen, describeTask, firstOpen, isPassed } from "../course/text.ts";
import { drawKeys } from "../terminal/paint.ts";
import type { Key } from "../terminal/paint.ts";
import { fit } from "../terminal/paint.ts";
import type { Paint } from "../terminal/paint.ts";
import { wrap } from "#shared/command.ts";
import { nextCommand } from "./path.ts";
import type { ChapterStep, CoursePlace } from "./path.ts";

/** Everything that the screen shows. */
export interface FollowState {
  place: CoursePlace;
  /** Numbers of all chapters, in their order. */
  chapters: readonly string[];
  steps: readonly ChapterStep[];
  /** "b) in about 10 seconds" */
  guess?: string;
  tasks: readonly CheckedTask[];
  /** Where a task is done: "mine/handler.ts:31". */
  placeOf: (task: CheckedTask) => string;
  checkingForMs?: number;
  /** A question with its answers, or a page that a key has opened; it takes the place of what was found. */
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
  const width = Math.min(columns, 80);
  const head = [
    headLine(state, width, paint),
    pathLine(state, paint),
    "",
    ...stepLines(state, paint),
    ...(state.guess === undefined ? [] : wrap(`Your guess: ${state.guess}`, width).split("\n")),
    "",
  ];
  const middle = state.page ?? [...taskLines(state, paint), "", ...foundLines(state)];
  // Without a note there is no empty place for one: the longest findings need every line.
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

function headLine({ place, checkingForMs }: FollowState, width: number, paint: Paint): string {
  const right = checkingForMs === undefined ? "" : `checking ${Math.floor(checkingForMs / 1_000)} s`;
  return `${paint("bold", fit(place.title, width - right.length - 1))} ${paint("yellow", right)}`;
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
