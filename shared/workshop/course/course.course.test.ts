import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findChapter, projectFolder } from "#shared/run/chapters.ts";
import { checkChapter } from "./check-chapter.ts";
import { writeStart } from "./mine.ts";
import { courses } from "./courses.ts";
import { inFolder, makeMistake, writeSolution } from "./testing/copies.ts";
import { usualMistakes } from "./testing/mistakes.ts";
import { rightSolutions } from "./testing/right-solutions.ts";

// Several of them start at the same time, beside everything else on this machine.
const patience = { readyWithinMs: 40_000 };
// As on a quiet machine: being late counts against the copy even if the tests keep this machine busy.
const quiet = () => 0;
const staged = courses.flatMap((course) =>
  course.looksAt === "running" ? [] : [{ ...course, start: { ...patience, ...course.start } }],
);
test("every task that is checked on a stage has its usual mistakes, and no other has", () => {
  const titles = staged.flatMap(({ tasks }) => tasks.map(({ title }) => title));

  expect(Object.keys(usualMistakes).toSorted()).toEqual(titles.toSorted());
});

test("there are at least 60 mistakes, and 40 other right solutions", () => {
  const solutions = staged.map(({ chapter, tasks }) => tasks.length * (rightSolutions[chapter]?.length ?? 0));

  expect(Object.values(usualMistakes).flat().length).toBeGreaterThanOrEqual(60);
  expect(solutions.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(40);
});

describe.concurrent.each(staged)("the course of $chapter", (course) => {
  const chapter = findChapter(course.chapter);
  const mistakes = course.tasks.flatMap(({ number: task, file, title }) =>
    (usualMistakes[title] ?? []).map((mistake) => ({ task, file, ...mistake })),
  );
  const required = course.tasks.filter(({ isExtra }) => isExtra !== true);

  test("begins with the first task open", async () => {
    const checked = await inFolder(
      (folder) => writeStart(chapter, folder),
      (folder) => checkChapter({ folder, course, loadPerCore: quiet }),
    );

    expect(checked[0]).toMatchObject({ number: 1, state: "open", finding: { saw: expect.any(String) } });
    expect(checked[0]?.brokenAt).toBeUndefined();
  });

  test("has a start that compiles", async () => {
    const compiled = await inFolder(
      (folder) => writeStart(chapter, folder),
      (folder) => compile(folder),
    );

    expect(compiled).toBe("");
  });

  test("is passed by the chapter's own code, including extra tasks", async () => {
    const checked = await inFolder(
      (folder) => writeSolution(chapter, folder),
      (folder) => checkChapter({ folder, course, loadPerCore: quiet }),
    );

    expect(checked.map(({ number, state, finding }) => ({ number, state, finding }))).toEqual(
      course.tasks.map(({ number }) => ({ number, state: "done", finding: undefined })),
    );
  });

  test.each(rightSolutions[course.chapter] ?? [])("is passed by someone who $name", async ({ edits }) => {
    const checked = await inFolder(
      (folder) => {
        writeSolution(chapter, folder);
        for (const [file, change] of Object.entries(edits)) {
          const path = join(folder, file);
          const text = readFileSync(path, "utf8");
          writeFileSync(path, makeMistake(text, file, { name: "a right solution", edits: change }));
        }
      },
      (folder) => checkChapter({ folder, course, loadPerCore: quiet }),
    );

    expect(checked.map(({ number, state, finding }) => ({ number, state, finding }))).toEqual(
      course.tasks.map(({ number }) => ({ number, state: "done", finding: undefined })),
    );
  });

  test("has at least eight mistakes, one for every required task, and three other right solutions", () => {
    expect(mistakes.length).toBeGreaterThanOrEqual(8);
    expect(rightSolutions[course.chapter]?.length).toBeGreaterThanOrEqual(3);
    expect(mistakes.map(({ task }) => task)).toEqual(
      expect.arrayContaining(required.map(({ number }) => number)),
    );
  });

  test.each(mistakes)("has a place for the mistake of someone who $name", ({ file, ...mistake }) => {
    const text = readFileSync(join(chapter.folder, file), "utf8");

    expect(makeMistake(text, file, mistake)).not.toBe(text);
  });

  test.each(mistakes)("tells someone who $name", async ({ task, file, says, ...mistake }) => {
    const checked = await inFolder(
      (folder) => {
        writeSolution(chapter, folder);
        const path = join(folder, file);
        writeFileSync(path, makeMistake(readFileSync(path, "utf8"), file, mistake));
      },
      (folder) => checkChapter({ folder, course, loadPerCore: quiet }),
    );

    const open = checked.find(({ state }) => state === "open");
    expect({ number: open?.number, saw: open?.finding?.saw }).toEqual({
      number: task,
      saw: expect.stringContaining(says),
    });
  });
});

/** What the compiler prints. */
function compile(folder: string): Promise<string> {
  const tsc = join(projectFolder, "node_modules", "typescript", "bin", "tsc");
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, "-p", folder], (error, stdout, stderr) =>
      resolve(error === null ? "" : stdout + stderr + error.message),
    );
  });
}
