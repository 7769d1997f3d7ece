import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { projectFolder } from "#shared/run/chapters.ts";
import { UsageError } from "#shared/command.ts";
import { traceFile, tracesIn } from "#shared/tracing/read.ts";
import { renderSvg } from "../charts/draw.ts";
import { darkTheme, lightTheme } from "#shared/picture/theme.ts";
import { capitalized } from "../../figures/format.ts";
import {
  measuredFolders,
  referenceResults,
  readResults,
  referenceFolder,
} from "../../figures/kept-results.ts";
import { viewOf } from "../../figures/view.ts";
import type { ResultsView } from "../../figures/view.ts";
import { pictureFile, shownPictures, themes } from "./tables.ts";
import { isLab } from "../../plan/rows.ts";

const resultsFile = "results.json";

/** The run whose figures the texts show. Throws a {@link UsageError} if there is none. */
export function readReference(root = projectFolder): ResultsView {
  const results = referenceResults(root);
  if (results === undefined) {
    throw new UsageError(
      "Expected bench/reference/results.json, found none; type `npm run bench`, then `npm run docs reference`.",
    );
  }
  return viewOf(results);
}

/** The run whose figures the labs' texts show, with each lab beside one chapter. Undefined if there is none. */
export function readLabsReference(root = projectFolder): ResultsView | undefined {
  const results = referenceResults(root, "labs");
  return results && viewOf(results);
}

interface Taking {
  /** Default: the newest run's. */
  folder?: string | undefined;
  /** Accepts a run even if it says that it isn't reliable. The READMEs then say so too. */
  doubtful?: boolean;
  root?: string;
}

/** Keeps a run's results and its pictures. Returns the folder. Throws a {@link UsageError} that says why not. */
export function takeReference({ folder, doubtful = false, root = projectFolder }: Taking): string {
  const from = folder === undefined ? newestFolder(root) : resolve(folder);
  const results = readResults(from);
  if (results === undefined) {
    throw new UsageError(`Expected a ${resultsFile} in ${from}, found none; name another folder.`);
  }
  const view = viewOf(results);
  refuseUnfit(view, { from, doubtful });
  if (view.rows.some(({ chapter }) => isLab(chapter))) {
    const labs = join(referenceFolder(root), "labs");
    mkdirSync(labs, { recursive: true });
    copyFileSync(join(from, resultsFile), join(labs, resultsFile));
    keepTraces({ from, to: labs, seed: results.seed });
    return relative(process.cwd(), from) || from;
  }
  const to = referenceFolder(root);
  copyFileSync(join(from, resultsFile), join(to, resultsFile));
  keepTraces({ from, to, seed: results.seed });
  // Otherwise a picture of the previous run would stay if this run has none.
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

/** Keeps one day and one storm per row, those of the first run, and removes the previous reference's. */
function keepTraces({ from, to, seed: first }: { from: string; to: string; seed: number }): void {
  for (const { file } of tracesIn(to)) {
    rmSync(file);
  }
  for (const { file, row, part, seed } of tracesIn(from)) {
    if (seed === first && (part === "day" || part === "storm")) {
      const kept = join(to, traceFile({ row, part, seed }));
      mkdirSync(dirname(kept), { recursive: true });
      writeFileSync(kept, gzipSync(withShortIds(gunzipSync(readFileSync(file)).toString()), { level: 9 }));
    }
  }
}

const uuid = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g;

/** A third of a compressed trace is ids that no one looks up. */
function withShortIds(text: string): string {
  const short = new Map<string, string>();
  return text.replaceAll(uuid, (id) => {
    const known = short.get(id) ?? `id-${short.size.toString(36)}`;
    short.set(id, known);
    return known;
  });
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
  const [newest] = measuredFolders(root);
  if (newest === undefined) {
    throw new UsageError("Expected results in bench/results, found none; type `npm run bench`.");
  }
  return newest;
}
