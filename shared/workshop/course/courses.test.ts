import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { findChapter, listChapters } from "#shared/run/chapters.ts";
import { courses, findCourse } from "./courses.ts";
import { courseFiles, openingWords, startFilesOf } from "./places.ts";
import { makeMistake } from "./testing/copies.ts";
import { checkTasks, compareStarts } from "./testing/start-file.ts";

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

describe.each(listChapters().filter(({ name }) => name !== "mine"))("the tasks of $name", (each) => {
  const starts = startFilesOf(each);
  const course = courses.find(({ chapter: number }) => number === each.number);
  const tasks = course?.looksAt === "running" ? [] : (course?.tasks ?? []);

  it("are numbered from 1, and each is at most 15 lines under one title", () => {
    const numbers = starts.flatMap(({ places }) => places.map(({ task }) => task)).toSorted((a, b) => a - b);

    expect([...new Set(numbers)]).toEqual(tasks.map((_, index) => index + 1));
    compareStarts(starts, (file) => readFileSync(join(each.folder, file), "utf8"));
  });

  it("have the same names where they are checked, and lie in the files that the checks name", () => {
    checkTasks(starts, tasks);

    const filesOf = (number: number) =>
      starts.filter(({ places }) => places.some(({ task }) => task === number)).map(({ file }) => file);
    expect(tasks.filter(({ number, file }) => !filesOf(number).includes(file))).toEqual([]);
  });
  it("are where the README shows them", () => {
    const readme = readFileSync(join(each.folder, "README.md"), "utf8");
    const shown = [...readme.matchAll(/^ +(TASK .+?) +mine\/(\S+):(\d+)$/gm)].map(([, ...parts]) => parts);
    const places = starts.flatMap(({ file, places: all }) =>
      all.map((place) => [openingWords(place), file, String(place.line)]),
    );

    expect(places).toEqual(expect.arrayContaining(shown));
  });

  it("leave no marker behind where the chapter is read", () => {
    for (const file of courseFiles(each)) {
      expect(readFileSync(join(each.folder, file), "utf8")).not.toMatch(
        /\bTASK\b|(?:\/\/|#) #?(?:end)?-?(?:region|slide)\b|until-then/,
      );
    }
  });
});

describe.each(courses)("the mistakes of $chapter", ({ chapter, tasks }) => {
  it("find their places in the chapter's code", () => {
    const { folder } = findChapter(chapter);
    for (const { file: own, mistakes = [] } of tasks) {
      for (const { file = own, ...mistake } of mistakes) {
        const text = readFileSync(join(folder, file), "utf8");
        expect(makeMistake(text, file, mistake)).not.toBe(text);
      }
    }
  });
});

describe("a mistake", () => {
  const text = "work(\n  first,\n  second,\n);\nend();\nend();\n";

  it("is made in the chapter's code, however that is laid out", () => {
    const play = ["work(first, second,", "play("] as const;
    const stop = ["second, );", "stop);"] as const;
    expect(makeMistake(text, "api.ts", { name: "plays", edits: [play] })).toBe("play(\n);\nend();\nend();\n");
    expect(makeMistake(text, "api.ts", { name: "stops", edits: [["first,", ""], stop] })).toBe(
      "work(\n  \n  stop);\nend();\nend();\n",
    );
  });

  it.each([
    ["stop();", 0],
    ["end();", 2],
  ])("is named, and its file, if `%s` is there %i times", (find, times) => {
    expect(() => makeMistake(text, "api.ts", { name: "never ends", edits: [[find, ""]] })).toThrow(
      `Expected \`${find}\` once in api.ts, for the mistake "never ends", found it ${times} times`,
    );
  });
});
