import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readPlaces, startFilesOf } from "./places.ts";
import { checkTasks, compareStart, compareStarts } from "./testing/start-file.ts";

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
  it("stands for the lines that the chapter has in its places", () => {
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

  it("needs a namesake, and places that are whole", () => {
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

  it("have a check that is called the same", () => {
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
