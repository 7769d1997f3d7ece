import { existsSync, readdirSync } from "node:fs";
import { basename, join, relative } from "node:path";
import type { ReplayData, ReplayPanel } from "#shared/picture/replay-data.ts";
import { replayHtml } from "#shared/picture/replay-page.ts";
import { findChapter, listChapters } from "#shared/run/chapters.ts";
import { readTraceFile, tracesIn } from "#shared/trace/read.ts";
import type { KeptTrace } from "#shared/trace/read.ts";
import type { Trace } from "#shared/trace.ts";
import { UsageError } from "#shared/command.ts";
import { readCodePlaces } from "#shared/workshop/why/code-places.ts";
import { readTitle } from "#shared/workshop/readme.ts";
import { listed } from "#shared/words.ts";
import { referenceFolder } from "../../figures/kept-results.ts";

/** What a replay has to show. */
export interface Wanted {
  /** "02", "07+key". Empty: the two that show most. */
  rows: readonly string[];
  /** Undefined: the storm if it was measured, otherwise the day. */
  part?: "day" | "storm" | undefined;
}

// More would not be readable from the last row.
const mostRows = 2;
// What two chapters show best side by side: a loss and none, or a device done twice and none.
const tellingPairs = [
  ["02", "07"],
  ["06", "07"],
  ["02", "03"],
] as const;
const mostNamed = 12;
const partsShown = ["storm", "day", "outage", "rush"] as const;

/** The folders of results with traces, the newest first. */
function tracedFolders(root: string): string[] {
  const all = join(root, "bench", "results");
  const names = existsSync(all) ? readdirSync(all).toSorted().toReversed() : [];
  return names.map((name) => join(all, name)).filter((folder) => tracesIn(folder).length > 0);
}

/** The traces that a replay shows, all from one part and one seed. Undefined if there are none. */
export function chooseTraces(kept: readonly KeptTrace[], { rows, part }: Wanted): KeptTrace[] | undefined {
  for (const one of part === undefined ? partsShown : [part]) {
    const ofPart = kept.filter((trace) => trace.part === one);
    const bySeed = [...new Set(ofPart.map(({ seed }) => seed))].map((seed) => {
      const ofSeed = ofPart.filter((trace) => trace.seed === seed);
      const chosen = rows.length > 0 ? rows : pairIn(ofSeed.map(({ row }) => row));
      return chosen.flatMap((row) => ofSeed.find((trace) => trace.row === row) ?? []);
    });
    // Two say more than one, whatever the seed.
    const [found] = bySeed.toSorted((left, right) => right.length - left.length);
    if (found !== undefined && found.length >= Math.max(1, rows.length)) {
      return found;
    }
  }
  return undefined;
}

function pairIn(rows: readonly string[]): readonly string[] {
  const pair = tellingPairs.find((each) => each.every((row) => rows.includes(row)));
  return pair ?? (rows.length <= mostRows ? rows : [rows[0] ?? "", rows.at(-1) ?? ""]);
}

/** All data of a replay page. Throws what `readTraceFile` throws for a trace of another version. */
export async function readReplay(chosen: readonly KeptTrace[], where: string): Promise<ReplayData> {
  const panels: ReplayPanel[] = [];
  for (const { file, row } of chosen) {
    const { problem, ...trace } = await readTraceFile(file);
    panels.push(panelOf(row, trace, problem));
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

function panelOf(row: string, { header, events }: Trace, problem: string | undefined): ReplayPanel {
  const dropped = Object.entries(header.dropped).filter(([, count]) => count > 0);
  const parts = dropped.map(([part, count]) => `${count} of the ${part}`);
  const chapter = listChapters().find(({ name }) => name === header.chapter);
  const [number = "", ...idea] = (chapter && readTitle(chapter.folder)?.split(" · ")) || [];
  return {
    title: [
      row === number || number === "" ? row : row.replace("+", " + "),
      idea.join(" · ") || header.chapter,
    ].join(" · "),
    // The event that says where the work went may be one that was not kept.
    trace: {
      header: problem === undefined ? header : { ...header, dropped: { ...header.dropped, customers: 1 } },
      events,
    },
    places: chapter === undefined ? {} : readCodePlaces(chapter),
    remarks: [
      ...(problem === undefined ? [] : [problem]),
      ...(parts.length === 0
        ? []
        : [
            `Of ${row}, events were not kept (${listed(parts)}): nothing can be called lost because of this trace.`,
          ]),
    ],
  };
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
export function findTraces(root: string, wanted: Wanted, isReference: boolean): FoundTraces {
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

/** A row as typed: a number may be short, as everywhere, and a variant follows a plus. Throws a {@link UsageError}. */
export function rowOf(word: string): string {
  const [chapter = "", ...variant] = word.split("+");
  return [findChapter(chapter).number, ...variant].join("+");
}
