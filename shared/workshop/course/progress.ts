import { existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { projectFolder } from "#shared/run/chapters.ts";
import { wrap } from "#shared/command.ts";
import { writeWholeSync } from "#shared/whole-file.ts";
import type { CheckedTask } from "./check-chapter.ts";
import type { TaskText } from "./task.ts";

const chapterSchema = z.strictObject({
  /** Numbers of the tasks that have passed. */
  passed: z.array(z.int().positive()),
  /** Numbers of the tasks that had passed and that a later change has broken. */
  broken: z.array(z.int().positive()).optional(),
  /** How many hints of a task have been shown, by its number. */
  hints: z.record(z.string(), z.int().positive()),
  /** The letter of the guess before the first run. */
  guess: z
    .string()
    .regex(/^[a-z]$/)
    .optional(),
  /** What else was done in the chapter besides its tasks. */
  did: z.array(z.enum(["run", "measure"])).optional(),
});
const progressSchema = z.strictObject({
  version: z.literal(1),
  chapters: z.record(z.string(), chapterSchema),
});

/** A participant's progress in one chapter. */
export type ChapterProgress = z.infer<typeof chapterSchema>;
type Progress = z.infer<typeof progressSchema>;

interface ProgressOptions {
  /** Receives a sentence for the participant. Default: prints it. */
  tell?: (sentence: string) => void;
  folder?: string;
}

const workshopFolder = join(projectFolder, ".workshop");
const toTerminal = (sentence: string) => console.error(wrap(sentence));

/** The progress in a chapter such as "04". If the file can't be read, says so, sets it aside, and returns no progress. */
export function readProgress(
  chapter: string,
  { tell = toTerminal, folder = workshopFolder }: ProgressOptions = {},
): ChapterProgress {
  return inChapter(read(folder, tell).progress, chapter);
}

/** Changes the progress in "04", completely or not at all, and returns it. If it can't be saved, says so and loses nothing. */
export function updateProgress(
  chapter: string,
  change: (progress: ChapterProgress) => ChapterProgress,
  { tell = toTerminal, folder = workshopFolder }: ProgressOptions = {},
): ChapterProgress {
  const { progress, mayBeWritten } = read(folder, tell);
  const changed = change(inChapter(progress, chapter));
  if (mayBeWritten) {
    try {
      write(folder, { ...progress, chapters: { ...progress.chapters, [chapter]: changed } });
    } catch (error) {
      tell(`Your progress can't be saved (${reason(error)}). Fix that; everything else works without it.`);
    }
  }
  return changed;
}

/**
 * The passed tasks after another check: removes what it found open, keeps what it did not look at. A copy that doesn't run says
 * nothing about its tasks.
 */
export function withChecked(
  { broken: brokenBefore = [], ...progress }: ChapterProgress,
  checked: readonly Pick<CheckedTask, "number" | "state" | "doesNotRun">[],
): ChapterProgress {
  const numbersOf = (wanted: CheckedTask["state"]) =>
    checked
      .filter(({ state, doesNotRun }) => state === wanted && doesNotRun !== true)
      .map(({ number }) => number);
  const [open, done] = [numbersOf("open"), numbersOf("done")];
  const passed = inOrder([...progress.passed, ...done], open);
  const broken = inOrder(
    [...brokenBefore, ...open.filter((number) => progress.passed.includes(number))],
    done,
  );
  return { ...progress, passed, ...(broken.length > 0 && { broken }) };
}

const inOrder = (numbers: readonly number[], without: readonly number[]) =>
  [...new Set(numbers)].filter((number) => !without.includes(number)).toSorted((a, b) => a - b);

/** Whether a task has ever passed, even if it has been broken since. */
export function hasPassedOnce({ passed, broken = [] }: ChapterProgress, number: number): boolean {
  return passed.includes(number) || broken.includes(number);
}

/** Counts one more shown hint of a task, as long as there are more. */
export function withHint(
  progress: ChapterProgress,
  { number, hints }: Pick<TaskText, "number" | "hints">,
): ChapterProgress {
  const shown = Math.min(hints.length, (progress.hints[number] ?? 0) + 1);
  return { ...progress, hints: { ...progress.hints, [number]: shown } };
}

const fileIn = (folder: string) => join(folder, "progress.json");
const nothingYet: Progress = { version: 1, chapters: {} };

function inChapter({ chapters }: Progress, chapter: string): ChapterProgress {
  return (Object.hasOwn(chapters, chapter) ? chapters[chapter] : undefined) ?? { passed: [], hints: {} };
}

function read(
  folder: string,
  tell: (sentence: string) => void,
): { progress: Progress; mayBeWritten: boolean } {
  try {
    if (!existsSync(fileIn(folder))) {
      return { progress: nothingYet, mayBeWritten: true };
    }
    const text = readFileSync(fileIn(folder), "utf8");
    return { progress: progressSchema.parse(JSON.parse(text)), mayBeWritten: true };
  } catch (error) {
    return { progress: nothingYet, mayBeWritten: setAside(folder, error, tell) };
  }
}

/** Whether its place is free now. */
function setAside(folder: string, why: unknown, tell: (sentence: string) => void): boolean {
  const time = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  const names = ["", "-2", "-3", "-4"].map((more) => `progress.broken-${time}${more}.json`);
  // A rename would replace an existing file.
  const name = names.find((candidate) => !existsSync(join(folder, candidate)));
  const what = `.workshop/progress.json can't be used (${reason(why)})`;
  try {
    if (name === undefined) {
      throw new Error("there are many of them already");
    }
    renameSync(fileIn(folder), join(folder, name));
    tell(`${what}; it is kept as .workshop/${name}, and your progress begins anew.`);
    return true;
  } catch (error) {
    tell(`${what}, nor set aside (${reason(error)}); it stays as it is, and no progress is kept.`);
    return false;
  }
}

function write(folder: string, progress: Progress): void {
  writeWholeSync(fileIn(folder), `${JSON.stringify(progress, undefined, 2)}\n`);
}

function reason(error: unknown): string {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    return `${issue?.path.join(".") || "the whole"}: ${issue?.message ?? "wrong"}`;
  }
  if (error instanceof SyntaxError) {
    return "it is not JSON";
  }
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
