import { existsSync, readdirSync } from "node:fs";
import { basename, join, relative } from "node:path";
import type { ReplayData, ReplayPanel } from "#shared/picture/replay-data.ts";
import { replayHtml } from "#shared/picture/replay-page.ts";
import { readTraceFile, tracesIn } from "#shared/tracing/read.ts";
import type { KeptTrace } from "#shared/tracing/read.ts";
import { UsageError } from "#shared/command.ts";
import { listed } from "#shared/words.ts";
import { referenceFolder } from "../../figures/kept-results.ts";
import { chooseTraces, mostRows, replayPanel } from "../../figures/kept-traces.ts";
import type { WantedTraces } from "../../figures/kept-traces.ts";

const mostNamed = 12;

/** The folders of results with traces, the newest first. */
function tracedFolders(root: string): string[] {
  const all = join(root, "bench", "results");
  const names = existsSync(all) ? readdirSync(all).toSorted().toReversed() : [];
  return names.map((name) => join(all, name)).filter((folder) => tracesIn(folder).length > 0);
}

/** All data of a replay page. Throws what `readTraceFile` throws for a trace of another version. */
export async function readReplay(chosen: readonly KeptTrace[], where: string): Promise<ReplayData> {
  const panels: ReplayPanel[] = [];
  for (const { file, row } of chosen) {
    const { problem, ...trace } = await readTraceFile(file);
    panels.push(replayPanel(row, trace, problem));
  }
  const plan = panels[0]?.trace.header.plan ?? "a run";
  const source = `Replay of ${plan}, ${where}. Every dot is one activation; click it for its story.`;
  return { title: titleOf(panels), source, panels };
}

/** What `npm run bench` writes beside its report. */
export const replayFile = "replay.html";

/** The replay of a folder's results. Undefined if they have no traces. Prints what can't be shown, and goes on. */
export async function replayOf(folder: string): Promise<string | undefined> {
  const chosen = chooseTraces(tracesIn(folder), { rows: [] });
  if (chosen === undefined) {
    return undefined;
  }
  try {
    return replayHtml(await readReplay(chosen, basename(folder)));
  } catch (error) {
    console.error(`There is no replay: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** "The same customers, the same kill, two chapters", as far as that is true. */
function titleOf(panels: readonly ReplayPanel[]): string {
  const [first] = panels;
  if (panels.length < mostRows || first === undefined) {
    return `${first?.trace.header.plan ?? "A run"}, activation by activation`.replace(/^./, (letter) =>
      letter.toUpperCase(),
    );
  }
  const isKilled = panels.every(({ trace }) => trace.events.some(({ kind }) => kind === "killed"));
  return `The same customers, ${isKilled ? "the same kill, " : ""}two chapters`;
}

/** The traces found, and their folder. */
export interface FoundTraces {
  folder: string;
  /** The folder's name for the reader. */
  where: string;
  chosen: KeptTrace[];
}

/** The newest traces that are wanted, or the reference's. Throws a {@link UsageError} that says what there is instead. */
export function findTraces(root: string, wanted: WantedTraces, isReference: boolean): FoundTraces {
  const { rows, part } = wanted;
  if (rows.length > mostRows) {
    throw new UsageError(
      `Expected at most ${mostRows} chapters, got ${rows.join(" ")}; name those two that differ.`,
    );
  }
  const folders = isReference
    ? [referenceFolder(root), join(referenceFolder(root), "labs")]
    : tracedFolders(root);
  for (const folder of folders) {
    const chosen = chooseTraces(tracesIn(folder), wanted);
    if (chosen !== undefined) {
      return { folder, where: relative(root, folder).replaceAll("\\", "/"), chosen };
    }
  }
  const known = [...new Set(folders.flatMap(tracesIn).map((trace) => `${trace.row} ${trace.part}`))];
  const asked = [...rows, ...(part === undefined ? [] : [part])].join(" ");
  const bench = ["npm run", part === "storm" ? "bench:storm" : "bench", ...rows].join(" ");
  throw new UsageError(
    `Expected traces${asked === "" ? "" : ` of \`${asked}\``} in bench/${isReference ? "reference" : "results"}, found ` +
      `${known.length === 0 ? "none" : listed(known.slice(0, mostNamed))}; run \`${bench}\` first, or name others.`,
  );
}
