import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "#shared/run/chapters.ts";
import type { Chapter } from "#shared/run/chapters.ts";
import { courseFiles } from "../places.ts";

/** Writes the finished chapter: what a participant may have after the last task. */
export function writeSolution(chapter: Chapter, folder: string): void {
  for (const file of courseFiles(chapter)) {
    copyFileSync(join(chapter.folder, file), join(folder, file));
  }
}

/** A common mistake in a task, as edits of the chapter's code. */
export interface Mistake {
  /** Describes someone who makes it: "deletes the message before the device works". */
  name: string;
  /** Default: the task's. */
  file?: string;
  /** Text that occurs once in the chapter's file, in any layout, and its replacement. */
  edits: readonly (readonly [find: string, replace: string])[];
  /** Part of what the check says that it saw. */
  says: string;
}

/** The chapter's file with the mistake in it. Throws an error that names both if an edit doesn't find its place. */
export function makeMistake(
  text: string,
  file: string,
  { name, edits }: Pick<Mistake, "name" | "edits">,
): string {
  return edits.reduce((changed, [find, replace]) => {
    const parts = changed.split(inAnyLayout(find));
    if (parts.length !== 2) {
      throw new Error(
        `Expected \`${find}\` once in ${file}, for the mistake "${name}", found it ${parts.length - 1} times; change that mistake's edits.`,
      );
    }
    return parts.join(replace);
  }, text);
}

/** A formatter may break a line anywhere, and indents what follows. */
function inAnyLayout(find: string): RegExp {
  const letters = find.replaceAll(/\s/g, "").split("");
  return new RegExp(letters.map((letter) => letter.replace(/\W/, String.raw`\$&`)).join(String.raw`\s*`));
}

/** Gives `check` a folder that `fill` has filled, then removes it. It is inside the project, so that its imports are found. */
export async function inFolder<Result>(
  fill: (folder: string) => void,
  check: (folder: string) => Promise<Result>,
): Promise<Result> {
  const parent = join(projectFolder, ".workshop");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "test-"));
  try {
    fill(folder);
    return await check(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
