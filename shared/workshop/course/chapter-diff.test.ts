import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { countDiff, diffChapters } from "./chapter-diff.ts";

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

function chapter(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "chapter diff "));
  folders.push(folder);
  Object.entries(files).forEach(([name, text]) => writeFileSync(join(folder, name), text));
  return folder;
}

const three = {
  "api.ts": "// An API.\nstart();\nserve();\n",
  "worker.ts": "work();\n",
  "template.yaml": "# Once\nQueue:\n  Type: A\n",
  "chapter.test.ts": "test();\n",
  "README.md": "Three\n",
};
const four = {
  "api.ts":
    "// Another API.\n\nstart();\n/** Why.\n * And how.\n */\nserve(1); // here\n/* inline */ more();\n",
  "handler.ts": "handle();\nhandle();\n",
  "template.yaml": "# Twice\nQueue:\n  Type: B\n",
  "chapter.test.ts": "other();\n",
  "README.md": "Four\n",
};

test("shows what was changed, added and removed, the template last, and leaves out tests and texts", () => {
  const files = diffChapters(chapter(three), chapter(four));

  expect(files.map(({ file, kind }) => [file, kind])).toEqual([
    ["api.ts", "changed"],
    ["handler.ts", "added"],
    ["worker.ts", "removed"],
    ["template.yaml", "changed"],
  ]);
  expect(files[1]?.hunks.flatMap(({ lines }) => lines)).toEqual(["+handle();", "+handle();"]);
});

test("counts lines of code on both sides, without comments and blank lines", () => {
  expect(countDiff(chapter(three), chapter(four))).toEqual({
    code: { added: 4, removed: 2 },
    template: { added: 1, removed: 1 },
  });
});

test("a chapter does not differ from itself, whatever its line endings", () => {
  const [unix, windows] = [chapter({ "api.ts": "a();\nb();\n" }), chapter({ "api.ts": "a();\r\nb();\r\n" })];

  expect(diffChapters(unix, windows)).toEqual([]);
  expect(countDiff(unix, windows)).toEqual({
    code: { added: 0, removed: 0 },
    template: { added: 0, removed: 0 },
  });
});

test("an editor's lock beside a file does not count as a file of the chapter", () => {
  const [before, after] = [chapter({ "api.ts": "one();\n" }), chapter({ "api.ts": "two();\n" })];
  symlinkSync("me@here.1234", join(after, ".#api.ts"));

  expect(diffChapters(before, after).map(({ file }) => file)).toEqual(["api.ts"]);
});
