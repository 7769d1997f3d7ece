import { findChapter, listChapters } from "#shared/run/chapters.ts";
import type { Chapter } from "#shared/run/chapters.ts";
import { readBegun } from "../course/mine.ts";
import type { ChapterProgress } from "../course/progress.ts";
import type { Course } from "../course/task.ts";
import { courses } from "../course/courses.ts";
import { readPrediction, readTitle } from "../readme.ts";
import type { Prediction } from "../readme.ts";

type StepName = "read" | "predict" | "run" | "change" | "measure";

export interface ChapterStep {
  name: StepName;
  isDone: boolean;
}

/** Where a participant is, with everything that doesn't change while they are there. */
export interface CoursePlace {
  chapter: Chapter;
  title: string;
  /** Whether mine/ is a copy of this chapter. */
  hasCopy: boolean;
  course?: Course;
  prediction?: Prediction;
  /** The chapter that comes after it. */
  next?: Chapter;
}

/** The numbered chapters in their order. */
export const pathOfChapters = (): Chapter[] => listChapters().filter(({ number }) => /^\d\d$/.test(number));

/** The chapter that mine/ was begun as. Without a copy, the last one in which anything was done, or the first. */
export function findPlace(folder: string, progressOf: (chapter: string) => ChapterProgress): CoursePlace {
  const path = pathOfChapters();
  const begun = readBegun(folder);
  const touched = path.findLast(({ number }) => hasBegun(progressOf(number)));
  const chapter = findChapter(begun?.chapter ?? touched?.number ?? path[0]?.number ?? "00");
  const course = courses.find((each) => each.chapter === chapter.number);
  const prediction = readPrediction(chapter.folder);
  const next = path.find(({ number }) => number > chapter.number);
  return {
    chapter,
    title: readTitle(chapter.folder) ?? chapter.name,
    hasCopy: begun !== undefined,
    ...(course && { course }),
    ...(prediction && { prediction }),
    ...(next && { next }),
  };
}

/** The steps of a chapter, and which are done. A participant who reached a later step has read the text. */
export function stepsOf(
  { chapter, course, prediction }: CoursePlace,
  progress: ChapterProgress,
): ChapterStep[] {
  const { guess, did = [], passed } = progress;
  const required = course?.tasks.filter(({ isExtra }) => isExtra !== true) ?? [];
  return [
    { name: "read" as const, isDone: hasBegun(progress) },
    // A run shows the answer, so a guess comes too late after it.
    ...(prediction ? [{ name: "predict" as const, isDone: guess !== undefined || did.includes("run") }] : []),
    { name: "run" as const, isDone: did.includes("run") },
    ...(course
      ? [{ name: "change" as const, isDone: required.every(({ number }) => passed.includes(number)) }]
      : []),
    ...(isMeasured(chapter) ? [{ name: "measure" as const, isDone: did.includes("measure") }] : []),
  ];
}

/** Whether it has an endpoint to measure. The pharmacy has none. */
export const isMeasured = ({ number }: Chapter): boolean => number !== "00";

/** The command for the next step, or what to read. */
export function nextCommand(
  { chapter, hasCopy, course, next }: CoursePlace,
  steps: readonly ChapterStep[],
): string {
  const { number, name } = chapter;
  const step = steps.find(({ isDone }) => !isDone)?.name;
  if (!hasCopy && number !== "00") {
    return `npm run begin ${number}`;
  }
  switch (step) {
    case "read":
    case "predict":
      return `read chapters/${name}/README.md`;
    case "run":
      return `npm run chapter ${runArgument(chapter, steps)}`;
    case "change":
      return `npm run check ${number}`;
    case "measure":
      return `npm run bench ${measureArguments(chapter, course).join(" ")}`;
    case undefined:
      return next === undefined ? "npm run bench" : `npm run begin ${next.number}`;
  }
}

/**
 * What `npm run chapter` runs: the finished chapter as long as tasks are open, so that it does what its text says, and then the
 * participant's copy. The pharmacy has no copy.
 */
export function runArgument({ number }: Chapter, steps: readonly ChapterStep[]): string {
  const isToChange = steps.some(({ name, isDone }) => name === "change" && !isDone);
  return number === "00" || isToChange ? number : "mine";
}

/** What `npm run bench` measures: the copy beside the chapter if there is something to change. */
export const measureArguments = ({ number }: Chapter, course: Course | undefined): string[] =>
  course === undefined || course.looksAt === "running" ? [number] : [number, "mine"];

function hasBegun({ passed, guess, did = [], hints }: ChapterProgress): boolean {
  return passed.length + did.length + Object.keys(hints).length > 0 || guess !== undefined;
}
