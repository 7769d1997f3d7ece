import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseResults } from "#shared/results.ts";
import type { Results } from "#shared/results.ts";
import { simulatedHoursSchema } from "./simulated-hours.ts";
import type { SimulatedHours } from "./simulated-hours.ts";
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

/** Where the simulated hours and their pictures are. */
export const hoursFolder = (root = projectFolder) => join(referenceFolder(root), "grow");
export const hoursFile = "hours.json";

/** The hours that `npm run grow reference` kept; undefined if there are none. */
export function keptHours(root = projectFolder): SimulatedHours | undefined {
  const file = join(hoursFolder(root), hoursFile);
  return existsSync(file) ? simulatedHoursSchema.parse(JSON.parse(readFileSync(file, "utf8"))) : undefined;
}
