import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findChapter } from "#shared/run/chapters.ts";
import { writeStart } from "./mine.ts";
import { courses, findCourse } from "./tasks.ts";
import { needCopyOf, whichChapter } from "./which-chapter.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(os.tmpdir(), "mine-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("without a word it is the chapter that mine/ is a copy of", () => {
  writeStart(findChapter("03"), folder);

  expect([undefined, "mine", "4"].map((word) => whichChapter(word, folder).number)).toEqual([
    "03",
    "03",
    "04",
  ]);
});

test("without a copy it says how to make one", () => {
  expect(() => whichChapter(undefined, folder)).toThrow("`npm run begin 02` makes one");
  expect(() => needCopyOf(findChapter("04"), folder)).toThrow("`npm run begin 04` makes one");
});

test("with a copy of another chapter it says both ways out", () => {
  writeStart(findChapter("03"), folder);

  needCopyOf(findChapter("03"), folder);
  expect(() => needCopyOf(findChapter("04"), folder)).toThrow(
    /one of 03: `npm run check 03` checks that, `npm run begin 04` begins 04 and saves first/,
  );
});

test.each(["00", "01"])("chapter %s has no tasks, and what to do there instead is said", (chapter) => {
  expect(() => findCourse(chapter)).toThrow(`run it with \`npm run chapter ${chapter}\``);
});

test("a course's tasks are numbered in order, and each has hints from a nudge on", () => {
  for (const { chapter, tasks } of courses) {
    expect(findCourse(chapter).tasks).toBe(tasks);
    expect(tasks.map(({ number }) => number)).toEqual(tasks.map((_task, index) => index + 1));
    for (const { hints } of tasks) {
      expect(hints.length).toBeGreaterThanOrEqual(2);
    }
  }
});
