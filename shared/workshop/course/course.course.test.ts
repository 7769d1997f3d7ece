import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findChapter, projectFolder } from "#shared/run/chapters.ts";
import { checkChapter } from "./check-chapter.ts";
import { writeStart } from "./mine.ts";
import { courses } from "./courses.ts";
import { inFolder, makeMistake, writeSolution } from "./testing/copies.ts";

// Some of them start at the same time, beside whatever else this machine does.
const patience = { readyWithinMs: 40_000 };
const staged = courses.flatMap((course) =>
  course.looksAt === "running" ? [] : [{ ...course, start: { ...patience, ...course.start } }],
);
describe.concurrent.each(staged)("the course of $chapter", (course) => {
  const chapter = findChapter(course.chapter);
  const mistakes = course.tasks.flatMap(({ number, file, mistakes: own = [] }) =>
    own.map((mistake) => ({ task: number, file, ...mistake })),
  );
  const required = course.tasks.filter(({ isExtra }) => isExtra !== true);

  test("has a task to begin with: what a participant starts from leaves the first one open", async () => {
    const checked = await inFolder(
      (folder) => writeStart(chapter, folder),
      (folder) => checkChapter({ folder, course }),
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

  test("is passed by the chapter's own code, extra tasks and all", async () => {
    const checked = await inFolder(
      (folder) => writeSolution(chapter, folder),
      (folder) => checkChapter({ folder, course }),
    );

    expect(checked.map(({ number, state, finding }) => ({ number, state, finding }))).toEqual(
      course.tasks.map(({ number }) => ({ number, state: "done", finding: undefined })),
    );
  });

  test("knows at least three mistakes, and one of every task that must be done", () => {
    expect(mistakes.length).toBeGreaterThanOrEqual(3);
    expect(mistakes.map(({ task }) => task)).toEqual(
      expect.arrayContaining(required.map(({ number }) => number)),
    );
  });

  test.each(mistakes)("tells whoever $name", async ({ task, file, says, ...mistake }) => {
    const checked = await inFolder(
      (folder) => {
        writeSolution(chapter, folder);
        const path = join(folder, file);
        writeFileSync(path, makeMistake(readFileSync(path, "utf8"), file, mistake));
      },
      (folder) => checkChapter({ folder, course }),
    );

    const open = checked.find(({ state }) => state === "open");
    expect({ number: open?.number, saw: open?.finding?.saw }).toEqual({
      number: task,
      saw: expect.stringContaining(says),
    });
  });
});

/** What the compiler has to say. */
function compile(folder: string): Promise<string> {
  const tsc = join(projectFolder, "node_modules", "typescript", "bin", "tsc");
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, "-p", folder], (error, stdout, stderr) =>
      resolve(error === null ? "" : stdout + stderr + error.message),
    );
  });
}
