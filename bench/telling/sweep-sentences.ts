import type { ChapterResult, Results } from "#shared/results.ts";
import type { Weather } from "#shared/vendor-simulator/weather.ts";
import { capitalized } from "./format.ts";
import { rowsInWords } from "./row-words.ts";

/** Where a chapter bends: up to which arrival rate as much is done as comes. */
export interface Bend {
  id: string;
  /** The highest rate with a steady state, if all lower ones had one too; undefined: none had. */
  steadyUpTo: number | undefined;
  /** The first rate without; undefined: all had one. */
  overFrom: number | undefined;
  /** Whether customers get errors there; else they wait. */
  fails: boolean;
}

/** The rows whose arrival rate was varied. */
export function sweptRowsOf({ chapters }: Results) {
  return chapters.flatMap((row) =>
    row.sweep !== undefined && row.sweep.length > 0 ? [{ ...row, sweep: row.sweep }] : [],
  );
}

// As many as a point may have and still be steady.
const errorsAllowed = 0.01;

/** Undefined if its arrival rate was not varied. */
export function bendOf({ id, sweep = [] }: Pick<ChapterResult, "id" | "sweep">): Bend | undefined {
  if (sweep.length === 0) {
    return undefined;
  }
  const at = sweep.findIndex(({ steady }) => !steady);
  const over = sweep[at];
  return {
    id,
    steadyUpTo: (over === undefined ? sweep.at(-1) : sweep[at - 1])?.perSecond,
    overFrom: over?.perSecond,
    fails: over !== undefined && over.errors > errorsAllowed * over.response.count,
  };
}

/** How much each row can take: "03 can take 2 a second, 04 and 07 can take 40; from 60 on, customers of 01 get errors." */
export function bendSentence(results: Results): string {
  const order = results.chapters.map(({ id }) => id);
  const phrases = grouped(sweptRowsOf(results).flatMap((row) => bendOf(row) ?? [])).map((bends, at) => {
    const [{ steadyUpTo, overFrom, fails }] = bends;
    const ids = bends.map(({ id }) => id);
    // Said once, it is understood.
    const rate = (perSecond: number) => `${perSecond}${at === 0 ? " a second" : ""}`;
    return { fails, words: phraseOf(rowsInWords(ids, order), { steadyUpTo, overFrom, fails }, rate) };
  });
  const words = (those: boolean) =>
    phrases.filter(({ fails }) => fails === those).map((phrase) => phrase.words);
  const parts = [words(false), words(true)].filter((each) => each.length > 0);
  return capitalized(`${parts.map((each) => each.join(", ")).join("; ")}.`);
}

function phraseOf(
  ids: string,
  { steadyUpTo, overFrom, fails }: Omit<Bend, "id">,
  rate: (perSecond: number) => string,
): string {
  if (overFrom === undefined) {
    return `${ids} can take all ${rate(steadyUpTo ?? 0)}`;
  }
  if (fails) {
    return `from ${rate(overFrom)} on, customers of ${ids} get errors`;
  }
  return steadyUpTo === undefined
    ? `${ids} can't take ${rate(overFrom)}`
    : `${ids} can take ${rate(steadyUpTo)}`;
}

/** Rows that bend alike together, the soonest to bend foremost, and then those that fail customers. */
function grouped(bends: readonly Bend[]): [Bend, ...Bend[]][] {
  const groups: [Bend, ...Bend[]][] = [];
  for (const bend of bends) {
    const like = groups.find(([first]) => first.overFrom === bend.overFrom && first.fails === bend.fails);
    if (like) {
      like.push(bend);
    } else {
      groups.push([bend]);
    }
  }
  const rank = ({ overFrom, fails }: Bend) => [Number(fails), overFrom ?? Infinity] as const;
  return groups.toSorted(([left], [right]) => {
    const [[fails, rate], [otherFails, otherRate]] = [rank(left), rank(right)];
    return fails - otherFails || (rate === otherRate ? 0 : rate - otherRate);
  });
}

// The 99th percentile of the normal distribution.
const normalP99 = 2.326;

/** How many calls a second the vendor can do: its calls at once by their mean, which for its delays is more than their median. */
export function vendorPerSecond({
  capacity,
  medianMs,
  p99Ms,
}: Pick<Weather, "capacity" | "medianMs" | "p99Ms">) {
  const sigma = Math.log(p99Ms / medianMs) / normalP99;
  return (capacity * 1_000) / (medianMs * Math.exp(sigma ** 2 / 2));
}
