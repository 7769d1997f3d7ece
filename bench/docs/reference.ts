import { copyFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseResults } from "#shared/results.ts";
import type { Results } from "#shared/results.ts";
import { projectFolder } from "#shared/run/chapters.ts";
import { UsageError } from "#shared/workshop/words.ts";
import { renderSvg } from "../charts/render.ts";
import { darkTheme, lightTheme } from "../charts/theme.ts";
import { twoClocks } from "../charts/two-clocks.ts";
import { clocksFile } from "./figures.ts";

const resultsFile = "results.json";
const referenceFolder = (root: string) => join(root, "bench", "reference");

/** The run whose figures the texts show. Throws a {@link UsageError} if there is none. */
export function readReference(root = projectFolder): Results {
  const file = join(referenceFolder(root), resultsFile);
  if (!existsSync(file)) {
    throw new UsageError(
      "Expected bench/reference/results.json, found none; type `npm run bench`, then `npm run docs reference`.",
    );
  }
  return parseResults(readFileSync(file, "utf8"), "bench/reference/results.json");
}

/** Keeps a run's results and its charts; the newest run's if no folder is named. Gives the folder taken. */
export function takeReference(folder: string | undefined, root = projectFolder): string {
  const from = folder === undefined ? newestFolder(root) : resolve(folder);
  const file = join(from, resultsFile);
  if (!existsSync(file)) {
    throw new UsageError(`Expected a ${resultsFile} in ${from}, found none; name another folder.`);
  }
  const results = parseResults(readFileSync(file, "utf8"), file);
  if (!results.complete || !results.trustworthy) {
    throw new UsageError(
      `Expected a complete run that can be trusted in ${from}, got one that says itself it is not; run \`npm run bench\` again.`,
    );
  }
  const to = referenceFolder(root);
  copyFileSync(file, join(to, resultsFile));
  for (const [theme, svg] of Object.entries(drawClocks(results))) {
    writeFileSync(join(to, clocksFile(theme)), svg);
  }
  return relative(process.cwd(), from) || from;
}

/** The one chart that the README shows, for a light and for a dark page. */
function drawClocks(results: Results): Record<string, string> {
  const picture = twoClocks(results);
  return { light: renderSvg(picture, lightTheme), dark: renderSvg(picture, darkTheme) };
}

function newestFolder(root: string): string {
  const all = join(root, "bench", "results");
  // Their names are times, so that the newest is the last.
  const newest = existsSync(all)
    ? readdirSync(all)
        .toSorted()
        .findLast((name) => existsSync(join(all, name, resultsFile)))
    : undefined;
  if (newest === undefined) {
    throw new UsageError("Expected results in bench/results, found none; type `npm run bench`.");
  }
  return join(all, newest);
}
