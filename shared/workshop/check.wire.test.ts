import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectFolder } from "#shared/run/chapters.ts";
import { nodeArguments } from "#shared/testing/typescript.ts";

// None of these reads mine/: a participant may be working there.
test.each([
  ["check", ["01"], "Chapter 01 has no tasks"],
  ["check", ["99"], "Expected one of the chapters"],
  ["check", ["02", "03"], "Expected one chapter, got `02 03`"],
  ["hint", ["00"], "Chapter 00 has no tasks"],
  ["hint", ["02", "9"], "Expected one of the tasks 1, 2 of chapter 02, got 9"],
  ["hint", ["02", "1", "2"], "Expected a chapter and a task"],
])("npm run %s %j is refused in one sentence without a stack", async (name, words, sentence) => {
  const { code, output } = await run(name, words);

  expect(code).toBe(2);
  expect(output.replaceAll("\n", " ")).toContain(sentence);
  expect(output).not.toContain("    at ");
  expect(output.split("\n").filter((line) => line.length > 80)).toEqual([]);
});

function run(name: string, words: string[]): Promise<{ code: number; output: string }> {
  const file = join(projectFolder, "shared", "workshop", `${name}.ts`);
  return new Promise((resolve) => {
    const child = execFile(process.execPath, nodeArguments(file, ...words), (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}
