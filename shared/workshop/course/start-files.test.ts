import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listChapters } from "#shared/run/chapters.ts";
import { courses } from "./courses.ts";
import { courseFiles, openingWords, readPlaces, startFilesOf } from "./places.ts";
import type { StartFile } from "./places.ts";
import type { Task } from "./task.ts";

const mostLines = 15;

const start = `open();
  // TASK 2: stop
  // Stop it.
  wait();
  // END OF TASK 2
work();
// TASK 1: say goodbye
// Close it.
// END OF TASK 1
end();
`;
const chapter = "open();\n  stop();\n  now();\nwork();\nclose();\nend();\n";
const path = "x/api.start.ts";
const startFile = (text: string) => ({ file: "api.ts", path, text, places: readPlaces(text, path) });
const compare = (from: string, to: string) => compareStart(startFile(from), to);

describe("a start file", () => {
  it("has places that stand for lines of the chapter", () => {
    expect(compare(start, chapter).map(({ task, solution }) => ({ task, solution }))).toEqual([
      { task: 2, solution: ["  stop();", "  now();"] },
      { task: 1, solution: ["close();"] },
    ]);
    expect(compare(start, chapter.replaceAll("\n", "\r\n"))).toEqual(compare(start, chapter));
  });

  it("may have a place where the chapter has nothing, and two places side by side", () => {
    const read = "// TASK 1: a\n// Look no more.\nlook();\n// END OF TASK 1\n";
    expect(compare(`a();\n${read}${read}b();`, "a();\nb();").map(({ solution }) => solution)).toEqual([
      [],
      [],
    ]);
  });

  it.each([
    ["a line that the chapter has not", start.replace("work", "play"), chapter, 6, "a line", "play();"],
    ["another line", start.replace("end", "ends"), chapter, 10, "a line", "ends();"],
    ["less", start, chapter.replace("end();", "end();\nmore();"), 11, "`more();`", ""],
    ["less at the beginning", start, `// New\n${chapter}`, 1, "`// New`", "open();"],
    ["more", start.replace("end();", "end();\nmore();"), chapter, 11, "``", "more();"],
    ["its lines in another order", start, "open();\nend();\nwork();\n", 10, "a line", "end();"],
    ["a line twice", start.replace("work();", "work();\nwork();"), chapter, 7, "`close();`", "work();"],
  ])("may not have, outside its places, %s", (_, from, to, line, wanted, text) => {
    expect(() => compare(from, to)).toThrow(
      `x/api.start.ts:${line}: Expected ${wanted}, as api.ts has outside the tasks, got \`${text}\`; make both`,
    );
  });

  it("needs a place", () => {
    expect(() => compare(chapter, chapter)).toThrow("x/api.start.ts:1: Expected a TASK in a start file");
  });

  it("needs a matching file and complete places", () => {
    const folder = mkdtempSync(join(tmpdir(), "start files "));
    const starts = (file: string, text: string) => {
      writeFileSync(join(folder, file), text);
      return () => startFilesOf({ name: "09-new", folder });
    };

    expect(starts("api.start.ts", start)).toThrow(
      "chapters/09-new/api.start.ts:1: Expected the chapter's own api.ts beside it, found none",
    );
    writeFileSync(join(folder, "api.ts"), chapter);
    expect(starts("api.start.ts", start)()).toMatchObject([{ file: "api.ts", text: start }]);
    expect(starts("api.start.ts", start.replace("// Stop it.\n", ""))).toThrow(
      "chapters/09-new/api.start.ts:2: Expected a comment below TASK 2",
    );
    rmSync(folder, { recursive: true });
  });
});

describe("the tasks of a start file", () => {
  const tasks = [
    { number: 1, title: "say goodbye" },
    { number: 2, title: "stop" },
  ];

  it("have a check of the same title", () => {
    expect(() => checkTasks([startFile(start)], tasks)).not.toThrow();
    expect(() => checkTasks([startFile(start)], tasks.slice(0, 1))).toThrow(
      "x/api.start.ts:2: Expected a task that has a check, got `TASK 2: stop`",
    );
    expect(() => checkTasks([startFile(start)], [{ number: 1, title: "bye" }, ...tasks.slice(1)])).toThrow(
      "x/api.start.ts:7: Expected `TASK 1: bye`, as its check is called, got `TASK 1: say goodbye`",
    );
  });

  it("stand for 15 lines of the chapter at most, in all their places together", () => {
    const compareLong = (lines: number) => () =>
      compareStarts([startFile(start)], () => chapter.replace("close();\n", "close();\n".repeat(lines)));
    expect(compareLong(15)).not.toThrow();
    expect(compareLong(16)).toThrow(
      "x/api.start.ts:7: Expected TASK 1 to stand for at most 15 lines of the chapter, got 16",
    );
    const twice = `a();\n// TASK 1: x\n// Do it.\n// END OF TASK 1\nb();\n// TASK 1: x\n// Do it.\n// END OF TASK 1\nc();`;
    const half = "half();\n".repeat(8);
    expect(() => compareStarts([startFile(twice)], () => `a();\n${half}b();\n${half}c();`)).toThrow(
      "x/api.start.ts:6: Expected TASK 1 to stand for at most 15 lines of the chapter, got 16",
    );
  });
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

  it("have the titles of their checks, and are in the files that the checks name", () => {
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

  it("leave no marker in the finished chapter", () => {
    for (const file of courseFiles(each)) {
      expect(readFileSync(join(each.folder, file), "utf8")).not.toMatch(
        /\bTASK\b|(?:\/\/|#) #?(?:end)?-?(?:region|slide)\b|until-then/,
      );
    }
  });
});

/**
 * Compares a start file with the chapter's. What is outside the places must occur in the chapter, in the same order, and the chapter
 * must contain nothing else but what the places stand for. Returns each place with the chapter's lines for it. Throws an error
 * that names the line if they differ.
 */
function compareStart({ file, path, text, places }: StartFile, chapter: string) {
  if (places.length === 0) {
    throw new Error(`${path}:1: Expected a TASK in a start file, found none; add it, or remove the file.`);
  }
  const [ours, theirs] = [text.split(/\r?\n/), chapter.split(/\r?\n/)];
  // The text before the first place, between two of them, and after the last.
  const outside = [...places, undefined].map((place, at) => {
    const from = places[at - 1]?.endLine ?? 0;
    return { from, lines: ours.slice(from, place === undefined ? undefined : place.line - 1) };
  });
  let end = 0;
  const solutions = outside.map(({ from, lines }, at) => {
    const isLast = at === outside.length - 1;
    const begins = at === 0 ? [0] : numbersBetween(end, theirs.length);
    const same = begins.map((begin) => ({ begin, count: sameLines(theirs, begin, lines) }));
    const found = same.find(
      ({ begin, count }) => count === lines.length && (!isLast || begin === theirs.length - lines.length),
    );
    if (found === undefined) {
      const best = same.toSorted((a, b) => b.count - a.count)[0] ?? { begin: end, count: 0 };
      const shown = (line = "") => `\`${line.trim()}\``;
      const isUnknown = at > 0 && best.count === 0;
      const wanted = isUnknown ? "a line" : shown(theirs[best.begin + best.count]);
      throw new Error(
        `${path}:${from + best.count + 1}: Expected ${wanted}, as ${file} has outside the tasks, ` +
          `got ${shown(lines[best.count])}; make both the same.`,
      );
    }
    const solution = theirs.slice(end, found.begin);
    end = found.begin + lines.length;
    return solution;
  });
  return places.map((place, at) => ({ ...place, path, solution: solutions[at + 1] ?? [] }));
}

/** Compares all start files of a chapter. Throws an error if they differ, or if a task is more than you can type. */
function compareStarts(starts: readonly StartFile[], read: (file: string) => string): void {
  const lines = new Map<number, number>();
  for (const start of starts) {
    for (const { path, line, task, solution } of compareStart(start, read(start.file))) {
      const sum = (lines.get(task) ?? 0) + solution.length;
      lines.set(task, sum);
      if (sum > mostLines) {
        throw new Error(
          `${path}:${line}: Expected TASK ${task} to stand for at most ${mostLines} lines of the chapter, got ${sum}; make it smaller.`,
        );
      }
    }
  }
}

/** Throws an error if a place belongs to no task of the course, or has another title. */
function checkTasks(
  starts: readonly StartFile[],
  tasks: readonly Pick<Task, "number" | "title" | "isExtra">[],
): void {
  for (const { path, places } of starts) {
    for (const place of places) {
      const task = tasks.find(({ number }) => number === place.task);
      const wanted =
        task && openingWords({ task: task.number, title: task.title, isExtra: task.isExtra === true });
      if (wanted !== openingWords(place)) {
        throw new Error(
          `${path}:${place.line}: Expected ${wanted === undefined ? "a task that has a check" : `\`${wanted}\`, as its check is called`}, ` +
            `got \`${openingWords(place)}\`; change it here, or in shared/workshop/course/tasks/.`,
        );
      }
    }
  }
}

/** How many of the lines occur in the text from `from` on. */
function sameLines(text: readonly string[], from: number, lines: readonly string[]): number {
  const differs = lines.findIndex((line, at) => text[from + at] !== line);
  return differs === -1 ? lines.length : differs;
}

function numbersBetween(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
}
