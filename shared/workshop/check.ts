// `npm run check 04` says which tasks of a chapter are done in mine/, and what the first open one lacks.
import { findChapter, listChapters } from "#shared/run/chapters.ts";
import type { Chapter } from "#shared/run/chapters.ts";
import { findRunning } from "#shared/run/remote-control.ts";
import { checkChapter, checkRunning } from "./course/check-chapter.ts";
import type { CheckedTask } from "./course/check-chapter.ts";
import { mineFolder, needCopyOf, placeOf, readBegun, whichChapter } from "./course/mine.ts";
import { readProgress, updateProgress } from "./course/progress.ts";
import type { ChapterProgress } from "./course/progress.ts";
import type { Course, LiveCourse } from "./course/task.ts";
import { findCourse } from "./course/courses.ts";
import { verdictOf } from "./course/verdict.ts";
import { readCommand, runCommand, UsageError, wrap } from "#shared/command.ts";
import { usageOf } from "#shared/help/commands.ts";

const usage = usageOf("check");

runCommand(async (argv, env) => {
  const { words } = readCommand({ usage }, argv, env);
  if (words.length > 1) {
    throw new UsageError(`Expected one chapter, got \`${words.join(" ")}\`; write \`${usage}\`.`);
  }
  const chapter = whichChapter(words[0]);
  const course = findCourse(chapter.number);
  const before = readProgress(chapter.number);
  // A check that only looks at a running chapter needs no copy.
  const hasCopy = readBegun()?.chapter === chapter.number;
  const { lines, complaint, code } = await verdictOf({
    chapter: chapter.number,
    before,
    check: () => check(chapter, course, before),
    keep: (change) => updateProgress(chapter.number, change),
    placeOf: (task) => (hasCopy ? placeOf(task) : `chapters/${chapter.name}/${task.file}`),
    afterwards: [
      ...(course.looksAt === "running" ? [] : [`npm run bench ${chapter.number} mine`]),
      ...nextChapter(chapter).map(({ number }) => `npm run begin ${number}`),
    ],
  });
  console.log(lines.join("\n"));
  if (complaint !== undefined) {
    console.error(wrap(complaint));
  }
  process.exitCode = code;
});

async function check(chapter: Chapter, course: Course, { passed }: ChapterProgress): Promise<CheckedTask[]> {
  if (course.looksAt === "running") {
    return await checkLive(course);
  }
  needCopyOf(chapter);
  console.log(`Checking mine/, your copy of ${chapter.name} ...`);
  return await checkChapter({ folder: mineFolder, course, passed });
}

/** Checks the participant's copy if it is one of this chapter and runs, otherwise the chapter itself. */
async function checkLive(course: LiveCourse): Promise<CheckedTask[]> {
  const own = readBegun()?.chapter === course.chapter ? await findRunning("mine") : undefined;
  const running = own ?? (await findRunning(findChapter(course.chapter).number));
  console.log(
    running === undefined
      ? `Chapter ${course.chapter} does not run.`
      : `Looking at ${running.chapter}, which runs ...`,
  );
  return await checkRunning(course, running);
}

function nextChapter({ number }: Chapter): Chapter[] {
  const numbered = listChapters().filter(
    (chapter) => /^\d\d$/.test(chapter.number) && chapter.number > number,
  );
  return numbered.slice(0, 1);
}
