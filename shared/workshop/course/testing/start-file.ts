import { openingWords } from "../places.ts";
import type { StartFile } from "../places.ts";
import type { Task } from "../task.ts";

const mostLines = 15;

/**
 * Compares a start file with the chapter's: what stands outside the places must stand in the chapter, in the same order,
 * and the chapter must have nothing more than that and what the places stand for. Gives each place and the lines that the
 * chapter has there instead; else throws an error that names the line.
 */
export function compareStart({ file, path, text, places }: StartFile, chapter: string) {
  if (places.length === 0) {
    throw new Error(`${path}:1: Expected a TASK in a start file, found none; add it, or remove the file.`);
  }
  const [ours, theirs] = [text.split(/\r?\n/), chapter.split(/\r?\n/)];
  // What stands before the first place, between two of them, and after the last.
  const outside = [...places, undefined].map((place, at) => {
    const from = places[at - 1]?.endLine ?? 0;
    return { from, lines: ours.slice(from, place === undefined ? undefined : place.line - 1) };
  });
  let end = 0;
  const solutions = outside.map(({ from, lines }, at) => {
    const isLast = at === outside.length - 1;
    const begins = at === 0 ? [0] : numbersBetween(end, theirs.length);
    const same = begins.map((begin) => ({ begin, count: sameLines(theirs, begin, lines) }));
    const found = same.find(
      ({ begin, count }) => count === lines.length && (!isLast || begin === theirs.length - lines.length),
    );
    if (found === undefined) {
      const best = same.toSorted((a, b) => b.count - a.count)[0] ?? { begin: end, count: 0 };
      const shown = (line = "") => `\`${line.trim()}\``;
      const isUnknown = at > 0 && best.count === 0;
      const wanted = isUnknown ? "a line" : shown(theirs[best.begin + best.count]);
      throw new Error(
        `${path}:${from + best.count + 1}: Expected ${wanted}, as ${file} has outside the tasks, ` +
          `got ${shown(lines[best.count])}; make both the same.`,
      );
    }
    const solution = theirs.slice(end, found.begin);
    end = found.begin + lines.length;
    return solution;
  });
  return places.map((place, at) => ({ ...place, path, solution: solutions[at + 1] ?? [] }));
}

/** Compares all start files of a chapter. Throws an error if they differ, or if a task is more than one can type. */
export function compareStarts(starts: readonly StartFile[], read: (file: string) => string): void {
  const lines = new Map<number, number>();
  for (const start of starts) {
    for (const { path, line, task, solution } of compareStart(start, read(start.file))) {
      const sum = (lines.get(task) ?? 0) + solution.length;
      lines.set(task, sum);
      if (sum > mostLines) {
        throw new Error(
          `${path}:${line}: Expected TASK ${task} to stand for at most ${mostLines} lines of the chapter, got ${sum}; make it smaller.`,
        );
      }
    }
  }
}

/** Throws an error if a place belongs to no task of the course, or names it otherwise. */
export function checkTasks(
  starts: readonly StartFile[],
  tasks: readonly Pick<Task, "number" | "title" | "isExtra">[],
): void {
  for (const { path, places } of starts) {
    for (const place of places) {
      const task = tasks.find(({ number }) => number === place.task);
      const wanted =
        task && openingWords({ task: task.number, title: task.title, isExtra: task.isExtra === true });
      if (wanted !== openingWords(place)) {
        throw new Error(
          `${path}:${place.line}: Expected ${wanted === undefined ? "a task that has a check" : `\`${wanted}\`, as its check is called`}, ` +
            `got \`${openingWords(place)}\`; change it here, or in shared/workshop/course/tasks/.`,
        );
      }
    }
  }
}

/** How many of the lines stand there from `from` on. */
function sameLines(text: readonly string[], from: number, lines: readonly string[]): number {
  const differs = lines.findIndex((line, at) => text[from + at] !== line);
  return differs === -1 ? lines.length : differs;
}

function numbersBetween(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
}
