import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { diffLines, structuredPatch } from "diff";
import type { StructuredPatchHunk } from "diff";

/** How one file of a chapter became a file of the next; without lines on one side it was added or removed. */
export interface FileDiff {
  file: string;
  kind: "added" | "removed" | "changed";
  hunks: StructuredPatchHunk[];
}

export interface LineCount {
  added: number;
  removed: number;
}

/** What a reader of the lesson has to read: neither tests, nor blank lines, nor comments. */
export interface DiffCount {
  /** Of the .ts files. */
  code: LineCount;
  /** Of template.yaml. */
  template: LineCount;
}

const templateName = "template.yaml";

/** Compares the code and the templates of two chapters' folders, file by file; equal files are left out. */
export function diffChapters(folder: string, nextFolder: string): FileDiff[] {
  return pairs(folder, nextFolder)
    .filter(({ before, after }) => before !== after)
    .map(({ file, before, after }) => ({
      file,
      kind: before === undefined ? "added" : after === undefined ? "removed" : "changed",
      hunks: structuredPatch(file, file, before ?? "", after ?? "", "", "", { context: 3 }).hunks,
    }));
}

/** Counts the lines that differ between two chapters' folders. */
export function countDiff(folder: string, nextFolder: string): DiffCount {
  const count = { code: { added: 0, removed: 0 }, template: { added: 0, removed: 0 } };
  for (const { file, before = "", after = "" } of pairs(folder, nextFolder)) {
    const lines = file === templateName ? count.template : count.code;
    for (const part of diffLines(bare(file, before), bare(file, after))) {
      lines.added += part.added ? part.count : 0;
      lines.removed += part.removed ? part.count : 0;
    }
  }
  return count;
}

/** Every file that one of both has, the template last. */
function pairs(folder: string, nextFolder: string): { file: string; before?: string; after?: string }[] {
  const [before, after] = [readCode(folder), readCode(nextFolder)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .toSorted((a, b) => Number(a === templateName) - Number(b === templateName) || a.localeCompare(b))
    .map((file) => ({ file, ...textOf("before", before.get(file)), ...textOf("after", after.get(file)) }));
}

function textOf<Side extends string>(side: Side, text: string | undefined): { [Name in Side]?: string } {
  return (text === undefined ? {} : { [side]: text }) as { [Name in Side]?: string };
}

function readCode(folder: string): Map<string, string> {
  const isCode = (file: string) =>
    file === templateName || (file.endsWith(".ts") && !file.endsWith(".test.ts"));
  return new Map(
    readdirSync(folder)
      .filter(isCode)
      // A checkout on Windows may have other line ends.
      .map((file) => [file, readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n")]),
  );
}

/** The text without blank lines and without lines that are only comment. */
function bare(file: string, text: string): string {
  const isYaml = file.endsWith(".yaml");
  let isInComment = false;
  const lines = text.split("\n").filter((line) => {
    const trimmed = line.trim();
    if (isYaml || isInComment || !trimmed.startsWith("/*")) {
      const isComment = isInComment || trimmed === "" || trimmed.startsWith(isYaml ? "#" : "//");
      isInComment &&= !trimmed.includes("*/");
      return !isComment;
    }
    isInComment = !trimmed.includes("*/");
    // `/* why */ code` counts as code.
    return trimmed.includes("*/") && !trimmed.endsWith("*/");
  });
  return lines.map((line) => `${line}\n`).join("");
}
