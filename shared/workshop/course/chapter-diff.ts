import { readFileSync } from "node:fs";
import { join } from "node:path";
import { diffLines, structuredPatch } from "diff";
import type { StructuredPatchHunk } from "diff";
import { courseFiles, withoutTaskLines } from "./places.ts";
import type { NumberedLine } from "./places.ts";

/** How one file of a chapter became a file of the next. */
export interface FileDiff {
  file: string;
  kind: "added" | "removed" | "changed";
  hunks: Hunk[];
}

/** Consecutive lines, each with its sign: "+", "-" or " ". */
export interface Hunk {
  lines: string[];
  /** Where it begins in the earlier file, which may have more lines than are compared. */
  oldStart: number;
  newStart: number;
}

export interface LineCount {
  added: number;
  removed: number;
}

/** How much a reader of the lesson has to read: no tests, no blank lines, no comments. */
export interface DiffCount {
  /** In the .ts files. */
  code: LineCount;
  /** In template.yaml. */
  template: LineCount;
}

const templateName = "template.yaml";

/** Compares the code and the templates of two chapters' folders, file by file. Leaves out equal files. */
export function diffChapters(folder: string, nextFolder: string): FileDiff[] {
  return pairs(folder, nextFolder)
    .map(({ file, before, after }): FileDiff => {
      const kind = before === undefined ? "added" : after === undefined ? "removed" : "changed";
      const patch = structuredPatch(file, file, joined(before), joined(after), "", "", { context: 3 });
      return { file, kind, hunks: patch.hunks.map((hunk) => placed(hunk, before, after)) };
    })
    .filter(({ hunks, kind }) => hunks.length > 0 || kind !== "changed");
}

function placed(
  { lines, oldStart, newStart }: StructuredPatchHunk,
  before: readonly NumberedLine[] = [],
  after: readonly NumberedLine[] = [],
): Hunk {
  return {
    // "\\ No newline at end of file" is not a line of the file.
    lines: lines.filter((line) => !line.startsWith("\\")),
    oldStart: before[oldStart - 1]?.number ?? oldStart,
    newStart: after[newStart - 1]?.number ?? newStart,
  };
}

const joined = (lines: readonly NumberedLine[] = []) => lines.map(({ text }) => text).join("\n");

/** Counts the lines that differ between two chapters' folders. */
export function countDiff(folder: string, nextFolder: string): DiffCount {
  const count = { code: { added: 0, removed: 0 }, template: { added: 0, removed: 0 } };
  for (const { file, before, after } of pairs(folder, nextFolder)) {
    const lines = file === templateName ? count.template : count.code;
    for (const part of diffLines(bare(file, joined(before)), bare(file, joined(after)))) {
      lines.added += part.added ? part.count : 0;
      lines.removed += part.removed ? part.count : 0;
    }
  }
  return count;
}

interface Pair {
  file: string;
  before: NumberedLine[] | undefined;
  after: NumberedLine[] | undefined;
}

/** Every file that either folder has, the template last. */
function pairs(folder: string, nextFolder: string): Pair[] {
  const [before, after] = [readCode(folder), readCode(nextFolder)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .toSorted((a, b) => Number(a === templateName) - Number(b === templateName) || a.localeCompare(b))
    .map((file) => ({ file, before: before.get(file), after: after.get(file) }));
}

function readCode(folder: string): Map<string, NumberedLine[]> {
  // The markers of tasks in a participant's copy are not part of the lesson.
  return new Map(
    courseFiles({ folder }).map((file) => [file, withoutTaskLines(readFileSync(join(folder, file), "utf8"))]),
  );
}

/** The text without blank lines and without pure comment lines. */
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
