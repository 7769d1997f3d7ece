import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseResults } from "#shared/results.ts";
import type { Results } from "#shared/results.ts";
import { projectFolder } from "#shared/run/chapters.ts";

const fileName = "results.json";

/** The committed run whose figures the texts show. Undefined if there is none. The labs have a separate run. */
export const referenceResults = (root = projectFolder, labs = ""): Results | undefined =>
  readResults(join(referenceFolder(root), labs), root);

export const referenceFolder = (root: string) => join(root, "bench", "reference");

/** The results in a folder. Undefined if it has none. Throws `ResultsError`, which names the file relative to `root`. */
export function readResults(folder: string, root = process.cwd()): Results | undefined {
  const file = join(folder, fileName);
  return existsSync(file) ? parseResults(readFileSync(file, "utf8"), relative(root, file)) : undefined;
}

/** The folders below `bench/results` that contain results, the newest first. */
export function measuredFolders(root: string): string[] {
  const all = join(root, "bench", "results");
  const names = existsSync(all) ? readdirSync(all) : [];
  // Their names are times.
  const newestFirst = names.toSorted().toReversed();
  return newestFirst.map((name) => join(all, name)).filter((folder) => existsSync(join(folder, fileName)));
}
