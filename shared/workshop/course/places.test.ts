import { describe, expect, it } from "vitest";
import { linesOfTask, readPlaces, withoutTaskLines } from "./places.ts";

const code = `const queue = open();
  // TASK 1: no answer before the send
  // As before. Send first.
  void send();

  // END OF TASK 1
  // TASK 2 (extra): say goodbye
  // Close the queue.
  // END OF TASK 2
end();`;

describe("the places of a file", () => {
  it("name the task and their lines", () => {
    expect(readPlaces(code, "api.start.ts")).toEqual([
      { task: 1, title: "no answer before the send", isExtra: false, line: 2, endLine: 6 },
      { task: 2, title: "say goodbye", isExtra: true, line: 7, endLine: 9 },
    ]);
  });

  it("are YAML comments in a template", () => {
    const yaml = "A:\n  # TASK 1: a limit\n  # Choose it.\n  B: 2\n  # END OF TASK 1";
    expect(readPlaces(yaml, "template.start.yaml")).toMatchObject([{ task: 1, title: "a limit", line: 2 }]);
    expect(withoutTaskLines(yaml).map(({ text }) => text)).toEqual(["A:", "  # Choose it.", "  B: 2"]);
  });

  it("don't show in a diff, and the other lines keep their numbers", () => {
    expect(withoutTaskLines(code)).toEqual([
      { number: 1, text: "const queue = open();" },
      { number: 3, text: "  // As before. Send first." },
      { number: 4, text: "  void send();" },
      { number: 5, text: "" },
      { number: 8, text: "  // Close the queue." },
      { number: 10, text: "end();" },
    ]);
  });

  it("leave a participant's own comments alone", () => {
    const own = "// #region my own\n// A TASK: mine\n// #endregion";
    expect(withoutTaskLines(own).map(({ text }) => text)).toEqual(own.split("\n"));
  });

  it("are the same with Windows line endings", () => {
    const windows = code.replaceAll("\n", "\r\n");
    expect(readPlaces(windows, "api.ts")).toEqual(readPlaces(code, "api.ts"));
    expect(withoutTaskLines(windows)).toEqual(withoutTaskLines(code));
  });

  it("are found whatever a participant has made of the file", () => {
    expect(linesOfTask(code, 2)).toEqual([7]);
    expect(linesOfTask("// END OF TASK 3\n// TASK 1: a\n// TASK 2: b\n// TASK 1: a", 1)).toEqual([2, 4]);
    expect(linesOfTask(code, 3)).toEqual([]);
  });

  it.each([
    ["no end", "a\n// TASK 1: x\n// Do it.\nb", "x/api.start.ts:2: Expected END OF TASK 1 below, found none"],
    [
      "one inside another",
      "// TASK 1: x\n// Do it.\n// TASK 2: y\n// Do it.",
      "x/api.start.ts:3: Expected END OF TASK 1 before another TASK begins, found none",
    ],
    ["an end alone", "a\n// END OF TASK 3", "x/api.start.ts:2: Expected TASK 3 above its END OF TASK 3"],
    [
      "the end of another",
      "// TASK 1: x\n// Do it.\n// END OF TASK 2",
      "x/api.start.ts:3: Expected TASK 2 above its END OF TASK 2, found none",
    ],
    ["no title", "// TASK 1\n// Do it.\n// END OF TASK 1", "x/api.start.ts:1: Expected `TASK 1: title` or"],
    ["no number", "// TASK one: x", "x/api.start.ts:1: Expected `TASK 1: title` or `END OF TASK 1`, got"],
    [
      "code in place of the sentence",
      "// TASK 1: x\ncode();\n// END OF TASK 1",
      "x/api.start.ts:1: Expected a comment below TASK 1 that says what to do, found none",
    ],
    ["no sentence", "// TASK 1: x\n// END OF TASK 1", "x/api.start.ts:1: Expected a comment below TASK 1"],
    ["nothing below", "// TASK 1: x", "x/api.start.ts:1: Expected a comment below TASK 1"],
  ])("are refused with file and line: %s", (_, text, message) => {
    expect(() => readPlaces(text, "x/api.start.ts")).toThrow(message);
  });
});
