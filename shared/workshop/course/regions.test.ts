import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listChapters } from "#shared/run/chapters.ts";
import { courseFiles, regionsOf } from "./mine.ts";
import { courses } from "./tasks.ts";
import { cutRegions, readRegions, withoutRegions, withoutTaskLines } from "./regions.ts";

const code = `const queue = open();
  // #region task 1: no answer before the send
  await send();
  // #until-then
  // // As before.
  // void send();
  //
  // #endregion
  // #region task 2 (extra): say goodbye
  close();
  // #endregion
end();`;

describe("the regions of a file", () => {
  it("name the task, and have what the chapter and what the copy begins with", () => {
    expect(readRegions(code, "api.ts")).toEqual([
      {
        task: 1,
        title: "no answer before the send",
        isExtra: false,
        line: 2,
        solution: ["  await send();"],
        start: ["  // As before.", "  void send();", ""],
      },
      { task: 2, title: "say goodbye", isExtra: true, line: 9, solution: ["  close();"], start: [] },
    ]);
  });

  it("are cut for a participant, between two lines that name the task", () => {
    expect(cutRegions(code, "api.ts")).toBe(`const queue = open();
  // TASK 1: no answer before the send
  // As before.
  void send();

  // END OF TASK 1
  // TASK 2 (extra): say goodbye
  // END OF TASK 2
end();`);
  });

  it("don't show in a diff, neither the chapter's nor the participant's, and the lines keep their numbers", () => {
    expect(withoutRegions(code, "api.ts")).toEqual([
      { number: 1, text: "const queue = open();" },
      { number: 3, text: "  await send();" },
      { number: 10, text: "  close();" },
      { number: 12, text: "end();" },
    ]);
    expect(withoutTaskLines(cutRegions(code, "api.ts"), "api.ts")).toEqual([
      { number: 1, text: "const queue = open();" },
      { number: 3, text: "  // As before." },
      { number: 4, text: "  void send();" },
      { number: 5, text: "" },
      { number: 9, text: "end();" },
    ]);
  });

  it("of a participant's own are left alone", () => {
    const own = "// #region my own\n// #endregion";
    expect(withoutTaskLines(own, "api.ts").map(({ text }) => text)).toEqual(own.split("\n"));
  });

  it("are comments of YAML in a template, and a start may be commented out itself", () => {
    const yaml =
      "A:\n  # region task 1: a limit\n  B: 5\n  # until-then\n  # # B: ?\n  # C: 2\n  # endregion";
    expect(cutRegions(yaml, "template.yaml")).toBe(
      "A:\n  # TASK 1: a limit\n  # B: ?\n  C: 2\n  # END OF TASK 1",
    );
    expect(withoutRegions(yaml, "template.yaml").map(({ text }) => text)).toEqual(["A:", "  B: 5"]);
  });

  it("are the same with the line ends of Windows", () => {
    expect(readRegions(code.replaceAll("\n", "\r\n"), "api.ts")).toEqual(readRegions(code, "api.ts"));
  });

  it.each([
    ["no end", "a\n// #region task 1: x\nb", "api.ts:2: expected the region to end, but the file does"],
    [
      "one inside another",
      "// #region task 1: x\n// #region task 2: y",
      "api.ts:2: expected the region of line 1 to end first, got `// #region task 2: y`",
    ],
    [
      "an end alone",
      "// #endregion",
      "api.ts:1: expected a marker such as `region task 1: what it is about`",
    ],
    ["no title", "// #region task 1\n// #endregion", "api.ts:1: expected a marker such as"],
    [
      "two starts",
      "// #region task 1: x\n// #until-then\n// #until-then\n// #endregion",
      "api.ts:3: expected the end of the region",
    ],
    [
      "code among the start's comments",
      "// #region task 1: x\n// #until-then\ncode();\n// #endregion",
      "api.ts:3: expected a line that begins with `// `, got `code();`",
    ],
  ])("are refused with file and line: %s", (_, text, message) => {
    expect(() => readRegions(text, "some/folder/api.ts")).toThrow(message);
  });
});

describe.each(listChapters().filter(({ name }) => name !== "mine"))("the tasks of $name", (chapter) => {
  const regions = regionsOf(chapter);
  const numbers = [...new Set(regions.map(({ task }) => task))];

  it("are numbered from 1, and each is at most 15 lines under one title", () => {
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    for (const number of numbers) {
      const own = regions.filter(({ task }) => task === number);
      expect(own.flatMap(({ solution }) => solution).length).toBeLessThanOrEqual(15);
      expect(new Set(own.map(({ title, isExtra }) => `${title} ${isExtra}`)).size).toBe(1);
    }
  });

  it("have the same names where they are checked, and lie in the files that the checks name", () => {
    const course = courses.find(({ chapter: number }) => number === chapter.number);
    const checked = course?.looksAt === "running" ? [] : (course?.tasks ?? []);
    expect(
      numbers.map((number) => {
        const own = regions.filter(({ task }) => task === number);
        return { number, title: own[0]?.title, isExtra: own[0]?.isExtra, files: own.map(({ file }) => file) };
      }),
    ).toEqual(
      checked.map(({ number, title, isExtra = false, file }) => ({
        number,
        title,
        isExtra,
        files: expect.arrayContaining([file]),
      })),
    );
  });

  it("leave no marker behind where the chapter is read", () => {
    for (const file of courseFiles(chapter)) {
      const text = readFileSync(join(chapter.folder, file), "utf8");
      const lines = withoutRegions(text, file).map((line) => line.text);
      expect(lines.join("\n")).not.toMatch(/region|until-then|TASK/);
      expect(cutRegions(text, file)).not.toMatch(/# ?region|until-then|endregion/);
    }
  });
});

describe("the lines that the deck shows", () => {
  const marked = `begin();
// #slide idea
// #region task 1: stop
stop();
// #until-then
// // wait();
// #endregion
// #end-slide
end();`;

  it("have markers that nobody sees, and the others keep their numbers", () => {
    expect(withoutRegions(marked.replace("// // #endregion\n", ""), "api.ts")).toEqual([
      { number: 1, text: "begin();" },
      { number: 4, text: "stop();" },
      { number: 9, text: "end();" },
    ]);
    expect(cutRegions(marked.replace("// // #endregion\n", ""), "api.ts")).not.toContain("slide");
  });
});
