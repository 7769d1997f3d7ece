import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectFolder } from "#shared/run/chapters.ts";
import { countWords, sentencesOf, stringsOf, wordsIn } from "./voice.ts";

const folders = ["chapters", "bench", "shared", "slides"];
const outside = /(?:^|[\\/])(?:results|built|node_modules)[\\/]/;
const files = [
  "README.md",
  ...folders.flatMap((folder) =>
    readdirSync(join(projectFolder, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => !outside.test(file))
      .map((file) => join(folder, file)),
  ),
];
const read = (file: string) => readFileSync(join(projectFolder, file), "utf8");
const pages = files.filter((file) => file.endsWith(".md")).map((file) => ({ file, text: read(file) }));
const messages = files
  .filter((file) => /\.m?ts$/.test(file) && !/test|testing/.test(file))
  .flatMap((file) => stringsOf(read(file)));

describe("a sentence", () => {
  it("is found between code, tables and links", () => {
    const text =
      "---\ntitle: none\n---\n# Title\n\nYou press `s. Then` and [look](a.md). It works: it does\nmore.\n\n```\nno sentence here. None.\n```\n\n| a | b |\n";

    expect(sentencesOf(text)).toEqual(["You press Code and look.", "It works: it does more."]);
  });

  it("has its words counted, and its program's strings read", () => {
    expect(wordsIn("It doesn't take 1.5 s.")).toBe(5);
    expect(
      stringsOf('// "no comment here"\nconst a = "two words"; const b = `${c} fixed`; const d = "one";'),
    ).toEqual(['"two words"', "`${c} fixed`"]);
    expect(countWords("Whoever mends it, whoever", ["whoever", "mends?"])).toBe(3);
  });
});

describe("the texts of this project", () => {
  it("have short sentences: 16 words at the median of each page, and few above 30", () => {
    const pagesWithProse = pages
      .map(({ file, text }) => ({
        file,
        words: sentencesOf(text)
          .map(wordsIn)
          .toSorted((left, right) => left - right),
      }))
      .filter(({ words }) => words.length >= 10);
    const heavy = pagesWithProse.filter(
      ({ words }) =>
        (words[Math.floor(words.length / 2)] ?? 0) > 16 || (words[Math.floor(words.length * 0.95)] ?? 0) > 30,
    );

    expect(heavy.map(({ file }) => file)).toEqual([]);
  });

  it("use the everyday word", () => {
    const all = [...pages.map(({ text }) => text), ...messages].join("\n");

    expect(
      countWords(all, ["mend(?:s|ed|ing)?", "whoever", "as it stands", "of its own"]),
    ).toBeLessThanOrEqual(10);
    expect(countWords(all, ["nobody"])).toBeLessThanOrEqual(30);
  });

  it("have no line of more than 200 characters outside tables", () => {
    const long = pages.flatMap(({ file, text }) =>
      text
        .split("\n")
        .flatMap((line, at) =>
          line.length > 200 && !/^\s*(?:\||<img |!\[)/.test(line) ? [`${file}:${at + 1}`] : [],
        ),
    );

    expect(long).toEqual([]);
  });
});
