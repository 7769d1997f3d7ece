import type { ReplayPanel } from "#shared/picture/replay-data.ts";
import { findChapter, listChapters } from "#shared/run/chapters.ts";
import type { KeptTrace } from "#shared/tracing/read.ts";
import type { Trace } from "#shared/trace.ts";
import { listed } from "#shared/words.ts";
import { readCodePlaces } from "#shared/workshop/why/code-places.ts";
import { readTitle } from "#shared/workshop/readme.ts";

/** What a replay has to show. */
export interface WantedTraces {
  /** "02", "07+key". Empty: the two that show most. */
  rows: readonly string[];
  /** Undefined: the storm if it was measured, otherwise the day. */
  part?: "day" | "storm" | undefined;
}

/** More would not be readable from the last row. */
export const mostRows = 2;
// What two chapters show best side by side: a loss and none, or a device done twice and none.
const tellingPairs = [
  ["02", "07"],
  ["06", "07"],
  ["02", "03"],
] as const;
const partsShown = ["storm", "day", "outage", "rush"] as const;

/** The traces that a replay shows, all from one part and one seed. Undefined if there are none. */
export function chooseTraces(
  kept: readonly KeptTrace[],
  { rows, part }: WantedTraces,
): KeptTrace[] | undefined {
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

/** One chapter of a replay. `problem` says what is missing from a damaged trace. */
export function replayPanel(row: string, { header, events }: Trace, problem?: string): ReplayPanel {
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

/** A row as typed: a number may be short, as everywhere, and a variant follows a plus. Throws a `UsageError`. */
export function rowOf(word: string): string {
  const [chapter = "", ...variant] = word.split("+");
  return [findChapter(chapter).number, ...variant].join("+");
}
