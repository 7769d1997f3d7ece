import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findChapter, listChapters, projectFolder } from "#shared/run/chapters.ts";
import { scratchFolder } from "#shared/testing/scratch.ts";
import { readCodePlaces } from "./code-places.ts";

// The pharmacy has no trace, lab-relational's tickets are not in DynamoDB, and a participant's code has no decisions.yaml.
const told = listChapters().filter(({ name }) => !["00-pharmacy", "lab-relational", "mine"].includes(name));

describe.each(told)("the decisions of $number", (chapter) => {
  it("each occur once in its code", () => {
    expect(Object.keys(readCodePlaces(chapter))).toEqual(
      expect.arrayContaining(["claimed", "called", "activated"]),
    );
  });
});

function folderWith(table: string): { name: string; folder: string } {
  const folder = scratchFolder();
  writeFileSync(join(folder, "api.ts"), "// send();\nsend();\nanswer();\nanswer();\n");
  writeFileSync(join(folder, "decisions.yaml"), table);
  return { name: "03-queue", folder };
}

it("finds the line of code, and not a comment that says the same", () => {
  expect(readCodePlaces(folderWith("api.ts: { sent: send(); }"))).toEqual({
    sent: { file: "chapters/03-queue/api.ts", line: 2 },
  });
});

it.each([
  [
    "matches nothing",
    "api.ts: { sent: post(); }",
    "`post();` in the code of chapters/03-queue/api.ts, found none",
  ],
  [
    "matches twice",
    "api.ts: { answered: answer(); }",
    "chapters/03-queue/api.ts:3 and chapters/03-queue/api.ts:4",
  ],
  ["is of no known decision", "api.ts: { thought: send(); }", "thought"],
])("refuses a quotation that %s", (_what, table, message) => {
  expect(() => readCodePlaces(folderWith(table))).toThrow(message);
});

it("points to the line that finds chapter 07's lease held", () => {
  const { file, line } = readCodePlaces(findChapter("07")).leaseHeld ?? { file: "", line: 0 };

  expect(readFileSync(join(projectFolder, file), "utf8").split("\n")[line - 1]).toContain(
    "throw new LeaseHeldError(",
  );
});

it("has no lines for a participant's copy", () => {
  expect(readCodePlaces({ name: "mine", folder: projectFolder })).toEqual({});
});
