import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { scratchFolder } from "#shared/testing/scratch.ts";
import { readQuote } from "./code.ts";

const file = "chapters/03-queue/api.ts";
const quoted = (words: string, line = 1) => ({ words, line });

function rootWith(text: string, name = file): string {
  const root = scratchFolder();
  mkdirSync(join(root, "chapters", "03-queue"), { recursive: true });
  writeFileSync(join(root, name), text);
  return root;
}

it("returns the chapter's lines at the left edge, with their numbers in the file", () => {
  const root = rootWith(`begin();
    // #region task 1: send
    await send(
      message,

    );
    // #until-then
    // void send();
    // #endregion
end();`);

  expect(readQuote({ file, from: quoted("await send("), to: quoted(");") }, root)).toEqual([
    { number: 3, text: "await send(" },
    { number: 4, text: "  message," },
    { number: 5, text: "" },
    { number: 6, text: ");" },
  ]);
});

it("ends at the next line like the last one that is indented no deeper than the first", () => {
  const root = rootWith(`function outer() {
  if (one) {
    if (two) {
      one();
    }
  }
  if (three) {
  }
}`);

  const numbers = readQuote({ file, from: quoted("if (one) {"), to: quoted("}") }, root);

  expect(numbers.map(({ number }) => number)).toEqual([2, 3, 4, 5, 6]);
});

it("is one line if no last one is quoted, whatever white space is at its ends", () => {
  expect(readQuote({ file, from: quoted(" one();  ") }, rootWith("\tone(); \r\ntwo();"))).toEqual([
    { number: 1, text: "one(); " },
  ]);
});

it("leaves comments out, in each language", () => {
  const yaml = "chapters/03-queue/template.yaml";
  const root = rootWith("a: 1\n# why\nb: 2", yaml);

  expect(readQuote({ file: yaml, from: quoted("a: 1"), to: quoted("b: 2") }, root)).toEqual([
    { number: 1, text: "a: 1" },
    { number: 3, text: "b: 2" },
  ]);
});

it.each([
  ["a first line that is not there", "other();", 7, /`one\(\);` in the code of .*api\.ts, found none/],
  [
    "a first line that is there twice",
    "one();\ntwo();\n  one();",
    7,
    /once, found it at .*api\.ts:1 and .*api\.ts:3;/,
  ],
  ["a last line that is not there", "one();", 8, /`two\(\);` below .*api\.ts:1, .*found none/],
  ["a last line that stands above", "two();\none();", 8, /`two\(\);` below .*api\.ts:2, .*found none/],
  ["a last line that is indented deeper", "one();\n  two();", 8, /indented no deeper, found none/],
])("says what is wrong with %s, and in which line of the slide", (_what, text, line, message) => {
  const quote = { file, from: quoted("one();", 7), to: quoted("two();", 8) };
  const read = () => readQuote(quote, rootWith(text));

  expect(read).toThrow(message);
  expect(read).toThrow(expect.objectContaining({ line }));
});

it("reads nothing outside the chapters", () => {
  const quote = { file: "../chapters/03-queue/api.ts", from: quoted("x();") };

  expect(() => readQuote(quote, rootWith(""))).toThrow(/a file of a chapter/);
});
