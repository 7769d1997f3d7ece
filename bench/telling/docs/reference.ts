import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseResults } from "#shared/results.ts";
import { projectFolder } from "#shared/run/chapters.ts";
import { UsageError } from "#shared/command.ts";
import { renderSvg } from "../charts/draw.ts";
import { darkTheme, lightTheme } from "../charts/drawing/theme.ts";
import { capitalized } from "../../figures/format.ts";
import { viewOf } from "../../figures/view.ts";
import type { ResultsView } from "../../figures/view.ts";
import { pictureFile, shownPictures, themes } from "./tables.ts";
import { isLab } from "../../plan/rows.ts";

const resultsFile = "results.json";
const referenceFolder = (root: string) => join(root, "bench", "reference");
/** The labs are measured by themselves, each beside one chapter. */
const labsFolder = (root: string) => join(referenceFolder(root), "labs");

/** The run whose figures the texts show. Throws a {@link UsageError} if there is none. */
export function readReference(root = projectFolder): ResultsView {
  const view = viewIn(referenceFolder(root), "bench/reference/results.json");
  if (view === undefined) {
    throw new UsageError(
      "Expected bench/reference/results.json, found none; type `npm run bench`, then `npm run docs reference`.",
    );
  }
  return view;
}

/** The run whose figures the labs' texts show; undefined if there is none. */
export const readLabsReference = (root = projectFolder): ResultsView | undefined =>
  viewIn(labsFolder(root), "bench/reference/labs/results.json");

/** The results in a folder; undefined if it has none. The name is for the message if they can't be read. */
function viewIn(folder: string, name?: string): ResultsView | undefined {
  const file = join(folder, resultsFile);
  return existsSync(file) ? viewOf(parseResults(readFileSync(file, "utf8"), name ?? file)) : undefined;
}

interface Taking {
  /** The newest run's if none is named. */
  folder?: string | undefined;
  /** Takes a run even if it says that it can't be trusted; the READMEs then say so too. */
  doubtful?: boolean;
  root?: string;
}

/** Keeps a run's results and its pictures. Gives the folder taken. Throws a {@link UsageError} that says why not. */
export function takeReference({ folder, doubtful = false, root = projectFolder }: Taking): string {
  const from = folder === undefined ? newestFolder(root) : resolve(folder);
  const view = viewIn(from);
  if (view === undefined) {
    throw new UsageError(`Expected a ${resultsFile} in ${from}, found none; name another folder.`);
  }
  refuseUnfit(view, { from, doubtful });
  if (view.rows.some(({ chapter }) => isLab(chapter))) {
    mkdirSync(labsFolder(root), { recursive: true });
    copyFileSync(join(from, resultsFile), join(labsFolder(root), resultsFile));
    return relative(process.cwd(), from) || from;
  }
  const to = referenceFolder(root);
  copyFileSync(join(from, resultsFile), join(to, resultsFile));
  // Otherwise a picture of the previous run would stay where this run has none.
  for (const old of readdirSync(to).filter((name) => name.endsWith(".svg"))) {
    rmSync(join(to, old));
  }
  for (const picture of shownPictures(view)) {
    for (const theme of themes) {
      const svg = renderSvg(picture, theme === "light" ? lightTheme : darkTheme);
      writeFileSync(join(to, pictureFile(picture.name, theme)), svg);
    }
  }
  return relative(process.cwd(), from) || from;
}

const mostReasons = 5;

function refuseUnfit(view: ResultsView, { from, doubtful }: { from: string; doubtful: boolean }): void {
  const again = `run \`${view.command}\` again`;
  if (!view.complete) {
    throw new UsageError(`Expected a complete run in ${from}, got one that was stopped or failed; ${again}.`);
  }
  if (view.trials.day === undefined) {
    throw new UsageError(
      `Expected a run with the short day in ${from}, got none; run \`npm run bench\` or \`npm run bench:full\`.`,
    );
  }
  if (view.trustworthy || doubtful) {
    return;
  }
  const reasons = view.doubts.map(({ reason }) => reason);
  const more = reasons.length - mostReasons;
  throw new UsageError(
    `Expected a run that can be trusted in ${from}, got one that says itself it is not: ` +
      `${reasons.slice(0, mostReasons).join("; ")}${more > 0 ? `; and ${more} more` : ""}. ` +
      `${capitalized(again)}, or add the word \`doubtful\`.`,
  );
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
