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
  | { kind: "plain"; line: NumberedLine }
  | { kind: "region"; region: Region; indent: string; solution: NumberedLine[] };

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
        return [piece.line.text];
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
  return read(text, file).flatMap((piece) => (piece.kind === "plain" ? [piece.line] : piece.solution));
}

/** A participant's file as one reads it: without the lines that say where a task begins and ends. */
export function withoutTaskLines(text: string, file: string): NumberedLine[] {
  const { comment } = marksOf(file);
  const ofTask = new RegExp(String.raw`^\s*${comment} (TASK \d+( \(extra\))?: .+|END OF TASK \d+)$`);
  return linesOf(text).filter((line) => !ofTask.test(line.text));
}

/** What stands above the first line of a task in a participant's copy, after the comment's sign. */
export function openingWords({ task, title, isExtra }: Pick<Region, "task" | "title" | "isExtra">): string {
  return `TASK ${task}${isExtra ? " (extra)" : ""}: ${title}`;
}

function read(text: string, file: string): Piece[] {
  const { open, word, untilThen, close, comment } = marksOf(file);
  const pieces: Piece[] = [];
  let inside: { region: Region; indent: string; solution: NumberedLine[]; isStart: boolean } | undefined;
  for (const numbered of linesOf(text)) {
    const { number, text: line } = numbered;
    const fail = (expected: string) => {
      throw new Error(`${basename(file)}:${number}: expected ${expected}, got \`${line.trim()}\``);
    };
    const [opened, indent = "", task, extra, title = ""] = open.exec(line) ?? [];
    if (opened !== undefined) {
      if (inside !== undefined) {
        fail(`the region of line ${inside.region.line} to end first`);
      }
      const isExtra = extra !== undefined;
      const region = { task: Number(task), title, isExtra, line: number, solution: [], start: [] };
      inside = { region, indent, solution: [], isStart: false };
    } else if (inside === undefined) {
      if (word.test(line)) {
        fail("a marker such as `region task 1: what it is about`");
      }
      pieces.push({ kind: "plain", line: numbered });
    } else if (close.test(line)) {
      const { region, indent: outer, solution } = inside;
      pieces.push({ kind: "region", region, indent: outer, solution });
      inside = undefined;
    } else if (untilThen.test(line) && !inside.isStart) {
      inside.isStart = true;
    } else if (word.test(line)) {
      fail("the end of the region");
    } else if (inside.isStart) {
      inside.region.start.push(uncommented(line, comment) ?? fail(`a line that begins with \`${comment} \``));
    } else {
      inside.region.solution.push(line);
      inside.solution.push(numbered);
    }
  }
  if (inside !== undefined) {
    throw new Error(`${basename(file)}:${inside.region.line}: expected the region to end, but the file does`);
  }
  return pieces;
}

// A slide of the deck shows what stands between two of these; nobody else is to see them.
const slideMarker = /^\s*(?:\/\/|#) #(?:slide [a-z-]+|end-slide)$/;

// A checkout on Windows may have other line ends.
const linesOf = (text: string): NumberedLine[] =>
  text
    .split(/\r?\n/)
    .map((line, at) => ({ number: at + 1, text: line }))
    .filter((line) => !slideMarker.test(line.text));

/** Takes the first comment sign away; an empty comment line becomes an empty line. */
function uncommented(line: string, comment: string): string | undefined {
  const [, indent = "", rest] = new RegExp(String.raw`^(\s*)${comment}(?: (.*))?$`).exec(line) ?? [undefined];
  return rest === undefined ? (line.trim() === comment ? "" : undefined) : `${indent}${rest}`;
}
