import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "#shared/run/chapters.ts";
import type { Chapter } from "#shared/run/chapters.ts";
import { courseFiles } from "../mine.ts";

/** Writes a chapter as it is in the end: what a participant may have after the last task. */
export function writeSolution(chapter: Chapter, folder: string): void {
  for (const file of courseFiles(chapter)) {
    copyFileSync(join(chapter.folder, file), join(folder, file));
  }
}

/** Gives `check` a folder that `fill` has filled, and removes it. It is in the project, or its imports would not be found. */
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
