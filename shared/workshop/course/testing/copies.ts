import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "#shared/run/chapters.ts";
import type { Chapter } from "#shared/run/chapters.ts";
import { courseFiles } from "../mine.ts";
import { withoutRegions } from "../regions.ts";

/** Writes a chapter as it is in the end, without the marks of its tasks. */
export function writeSolution(chapter: Chapter, folder: string): void {
  for (const file of courseFiles(chapter)) {
    const lines = withoutRegions(readFileSync(join(chapter.folder, file), "utf8"), file);
    writeFileSync(join(folder, file), lines.map(({ text }) => text).join("\n"));
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
