import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Chapter } from "#shared/run/chapters.ts";

/** A part of a participant's file that belongs to one task, which may have several. Its code is what they begin with. */
export interface TaskPlace {
  task: number;
  title: string;
  /** The chapter can be passed without it. */
  isExtra: boolean;
  /** The line of `TASK 1: title` in its file, counted from 1. */
  line: number;
  /** The line of `END OF TASK 1`. */
  endLine: number;
}

/** A line of a file, counted from 1. */
export interface NumberedLine {
  number: number;
  text: string;
}

// With the comment sign of TypeScript or of YAML.
const opening = /^\s*(?:\/\/|#) TASK (\d+)( \(extra\))?: (.+)$/;
const ending = /^\s*(?:\/\/|#) END OF TASK (\d+)$/;
const either = /^\s*(?:\/\/|#) (?:END OF )?TASK\b/;
const comment = /^\s*(?:\/\/|#) \S/;

/** The places of a start file, in order. Throws an error that names `file`, line and remedy if one is malformed. */
export function readPlaces(text: string, file: string): TaskPlace[] {
  const lines = numberedLines(text);
  const places: TaskPlace[] = [];
  let open: TaskPlace | undefined;
  for (const { number: line, text: words } of lines.filter(({ text: each }) => either.test(each))) {
    const refuse = (sentence: string) => new Error(`${file}:${line}: ${sentence}`);
    const [opens, task, extra, title = ""] = opening.exec(words) ?? [];
    const [ends, endedTask] = ending.exec(words) ?? [];
    if (opens !== undefined && open !== undefined) {
      throw refuse(`Expected END OF TASK ${open.task} before another TASK begins, found none; add it.`);
    }
    if (opens !== undefined) {
      const next = lines[line]?.text ?? "";
      if (!comment.test(next) || either.test(next)) {
        throw refuse(`Expected a comment below TASK ${task} that says what to do, found none; add it.`);
      }
      open = { task: Number(task), title, isExtra: extra !== undefined, line, endLine: line };
    } else if (ends === undefined) {
      throw refuse(`Expected \`TASK 1: title\` or \`END OF TASK 1\`, got \`${words.trim()}\`; rewrite it.`);
    } else if (open?.task === Number(endedTask)) {
      places.push({ ...open, endLine: line });
      open = undefined;
    } else {
      throw refuse(`Expected TASK ${endedTask} above its END OF TASK ${endedTask}, found none; add it.`);
    }
  }
  if (open !== undefined) {
    throw new Error(`${file}:${open.line}: Expected END OF TASK ${open.task} below, found none; add it.`);
  }
  return places;
}

/** The text of the line that opens a place, without the comment sign. */
export function openingWords({
  task,
  title,
  isExtra,
}: Pick<TaskPlace, "task" | "title" | "isExtra">): string {
  return `TASK ${task}${isExtra ? " (extra)" : ""}: ${title}`;
}

/** The lines of a participant's file in which a task begins, whatever else they have changed. */
export function linesOfTask(text: string, task: number): number[] {
  const begins = ({ text: line }: NumberedLine) => Number(opening.exec(line)?.[1]) === task;
  return numberedLines(text)
    .filter(begins)
    .map(({ number }) => number);
}

/** A file as you read it: without the lines that mark where a task begins and ends. */
export function withoutTaskLines(text: string): NumberedLine[] {
  return numberedLines(text).filter(({ text: line }) => !opening.test(line) && !ending.test(line));
}

/** The lines of a text, also with Windows line endings. */
export function numberedLines(text: string): NumberedLine[] {
  return text.split(/\r?\n/).map((line, at) => ({ number: at + 1, text: line }));
}

/** Files that an editor keeps beside an open file: a lock (a link to nowhere), a backup, a test of write permission. */
export function isEditorsOwn(name: string): boolean {
  return /^\.#|^#.*#$|~$|^4913$|\.sw[a-p]$/.test(name);
}

/** The code and the template of a chapter without tests and start files: what a participant's copy consists of. */
export function courseFiles({ folder }: Pick<Chapter, "folder">): string[] {
  return readdirSync(folder)
    .filter((file) => file === "template.yaml" || /(?<!\.test|\.start)\.ts$/.test(file))
    .filter((file) => !isEditorsOwn(file))
    .toSorted();
}

/** A file that a participant begins with in place of the chapter's: "lease.start.ts" in place of "lease.ts". */
export interface StartFile {
  file: string;
  /** "chapters/07-lock/lease.start.ts" */
  path: string;
  text: string;
  places: TaskPlace[];
}

/** The start files of a chapter. Throws an error with file and line if one has no matching file, or a malformed place. */
export function startFilesOf({ name, folder }: Pick<Chapter, "name" | "folder">): StartFile[] {
  const starts = readdirSync(folder).filter((file) => /^[^.]+\.start\.\w+$/.test(file));
  return starts.toSorted().map((start) => {
    const [path, file] = [`chapters/${name}/${start}`, start.replace(".start.", ".")];
    if (!courseFiles({ folder }).includes(file)) {
      throw new Error(
        `${path}:1: Expected the chapter's own ${file} beside it, found none; rename one of them.`,
      );
    }
    const text = readFileSync(join(folder, start), "utf8");
    return { file, path, text, places: readPlaces(text, path) };
  });
}
