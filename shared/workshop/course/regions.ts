import { basename } from "node:path";

/** The lines of one task in one file. A task may have several regions. */
export interface Region {
  task: number;
  title: string;
  isExtra: boolean;
  /** Of its first marker, counted from 1. */
  line: number;
  /** What the chapter has there. */
  solution: string[];
  /** What a participant's copy has there until the task is done. */
  start: string[];
}

type Piece =
  | { kind: "plain"; line: string }
  | { kind: "region"; region: Region; indent: string; endLine: number };

const markers = {
  code: {
    open: /^(\s*)\/\/ #region task (\d+)( \(extra\))?: (.+)$/,
    word: /^\s*\/\/ #(region|until-then|endregion)/,
    untilThen: /^\s*\/\/ #until-then$/,
    close: /^\s*\/\/ #endregion$/,
    comment: "//",
  },
  yaml: {
    open: /^(\s*)# region task (\d+)( \(extra\))?: (.+)$/,
    word: /^\s*# (region|until-then|endregion)\b/,
    untilThen: /^\s*# until-then$/,
    close: /^\s*# endregion$/,
    comment: "#",
  },
};

const marksOf = (file: string) => (file.endsWith(".yaml") ? markers.yaml : markers.code);

/** All regions of a chapter's file. Throws an error that names file and line if a marker is wrong. */
export function readRegions(text: string, file: string): Region[] {
  return read(text, file).flatMap((piece) => (piece.kind === "region" ? [piece.region] : []));
}

/** The file as a participant begins with it: each region holds its start, between two lines that name the task. */
export function cutRegions(text: string, file: string): string {
  const { comment } = marksOf(file);
  return read(text, file)
    .flatMap((piece) => {
      if (piece.kind === "plain") {
        return [piece.line];
      }
      const { region, indent } = piece;
      return [
        `${indent}${comment} ${openingWords(region)}`,
        ...region.start,
        `${indent}${comment} END OF TASK ${region.task}`,
      ];
    })
    .join("\n");
}

/** A line of a file, counted from 1. */
export interface NumberedLine {
  number: number;
  text: string;
}

/** A chapter's file as one reads it: without markers, and without what stands there until a task is done. */
export function withoutRegions(text: string, file: string): NumberedLine[] {
  let number = 0;
  const count = (line: string) => ({ number: (number += 1), text: line });
  return read(text, file).flatMap((piece) => {
    if (piece.kind === "plain") {
      return [count(piece.line)];
    }
    number = piece.region.line;
    const lines = piece.region.solution.map(count);
    number = piece.endLine;
    return lines;
  });
}

/** A participant's file as one reads it: without the lines that say where a task begins and ends. */
export function withoutTaskLines(text: string, file: string): NumberedLine[] {
  const { comment } = marksOf(file);
  const ofTask = new RegExp(String.raw`^\s*${comment} (TASK \d+( \(extra\))?: .+|END OF TASK \d+)$`);
  return linesOf(text)
    .map((line, at) => ({ number: at + 1, text: line }))
    .filter((line) => !ofTask.test(line.text));
}

/** What stands above the first line of a task in a participant's copy, after the comment's sign. */
export function openingWords({ task, title, isExtra }: Pick<Region, "task" | "title" | "isExtra">): string {
  return `TASK ${task}${isExtra ? " (extra)" : ""}: ${title}`;
}

function read(text: string, file: string): Piece[] {
  const { open, word, untilThen, close, comment } = marksOf(file);
  const pieces: Piece[] = [];
  let inside: { region: Region; indent: string; isStart: boolean } | undefined;
  for (const [at, line] of linesOf(text).entries()) {
    const fail = (expected: string) => {
      throw new Error(`${basename(file)}:${at + 1}: expected ${expected}, got \`${line.trim()}\``);
    };
    const [opened, indent = "", task, extra, title = ""] = open.exec(line) ?? [];
    if (opened !== undefined) {
      if (inside !== undefined) {
        fail(`the region of line ${inside.region.line} to end first`);
      }
      const isExtra = extra !== undefined;
      const region = { task: Number(task), title, isExtra, line: at + 1, solution: [], start: [] };
      inside = { region, indent, isStart: false };
    } else if (inside === undefined) {
      if (word.test(line)) {
        fail("a marker such as `region task 1: what it is about`");
      }
      pieces.push({ kind: "plain", line });
    } else if (close.test(line)) {
      pieces.push({ kind: "region", region: inside.region, indent: inside.indent, endLine: at + 1 });
      inside = undefined;
    } else if (untilThen.test(line) && !inside.isStart) {
      inside.isStart = true;
    } else if (word.test(line)) {
      fail("the end of the region");
    } else if (inside.isStart) {
      inside.region.start.push(uncommented(line, comment) ?? fail(`a line that begins with \`${comment} \``));
    } else {
      inside.region.solution.push(line);
    }
  }
  if (inside !== undefined) {
    throw new Error(`${basename(file)}:${inside.region.line}: expected the region to end, but the file does`);
  }
  return pieces;
}

// A checkout on Windows may have other line ends.
const linesOf = (text: string) => text.split(/\r?\n/);

/** Takes the first comment sign away; an empty comment line becomes an empty line. */
function uncommented(line: string, comment: string): string | undefined {
  const [, indent = "", rest] = new RegExp(String.raw`^(\s*)${comment}(?: (.*))?$`).exec(line) ?? [undefined];
  return rest === undefined ? (line.trim() === comment ? "" : undefined) : `${indent}${rest}`;
}
