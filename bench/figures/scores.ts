import type { Results } from "#shared/results.ts";
import { measuredRows } from "./medians.ts";
import type { Measured } from "./medians.ts";
import { errorsOf } from "../trial/ledger.ts";
import { timeText } from "../telling/table.ts";

/** "good": as good as any; "price" and "high price": what somebody pays for it. */
export type Verdict = "good" | "price" | "high price";

/** One figure of a chapter's storm, and what to think of it. */
export interface Score {
  text: string;
  verdict: Verdict;
}

/** A column of the scoreboard. */
export interface ScoreColumn {
  group: "answered" | "device works" | "of all customers";
  title: string;
  /** The same in a sentence: "lost 4". */
  word: string;
  scores: Score[];
}

/** Every chapter's storm: medians of the times over the runs, sums of the counts; a score for each row in each column. */
export function scoreboardOf(results: Results): { rows: Measured[]; columns: ScoreColumn[] } {
  const rows = measuredRows(results, "storm");
  // A p99 of too few samples would be the maximum under another name.
  const high = rows.every(({ run }) => run.response.p99Ms !== undefined) ? "p99Ms" : "maxMs";
  const highTitle = high === "p99Ms" ? "p99" : "max";
  const time = (clock: "response" | "activation", which: "p50Ms" | "p99Ms" | "maxMs"): Score[] => {
    const times = rows.map((row) => row.median[clock][which] ?? null);
    const best = Math.min(...times.map((ms) => ms ?? Infinity));
    return rows.map((row, at) => ({
      text: timeText(row, clock, which),
      verdict: verdictOnTime(times[at] ?? null, best),
    }));
  };
  const count = (of: (ledger: Measured["ledger"]) => number, mild = false): Score[] =>
    rows.map(({ ledger }) => ({
      text: String(of(ledger)),
      verdict: verdictOnCount(of(ledger) / Math.max(ledger.sent, 1), mild),
    }));
  const all = "of all customers";
  const columns: ScoreColumn[] = [
    { group: "answered", title: "p50", word: "answered p50", scores: time("response", "p50Ms") },
    { group: "answered", title: highTitle, word: highTitle, scores: time("response", high) },
    { group: "device works", title: "p50", word: "device works p50", scores: time("activation", "p50Ms") },
    { group: "device works", title: highTitle, word: highTitle, scores: time("activation", high) },
    { group: all, title: "error", word: "errors", scores: count(errorsOf) },
    { group: all, title: "lost", word: "lost", scores: count(({ lost }) => lost) },
    { group: all, title: "twice", word: "twice", scores: count(({ doubled }) => doubled) },
    { group: all, title: "gave up", word: "given up", scores: count(({ gaveUp }) => gaveUp) },
    { group: all, title: "untold", word: "done but untold", scores: count(({ orphaned }) => orphaned) },
    { group: all, title: "waiting", word: "waiting", scores: count(({ waiting }) => waiting) },
    // What a person shall look at is what a dead-letter queue is for: never the worst.
    {
      group: all,
      title: "aside",
      word: "set aside",
      scores: count(({ deadLettered }) => deadLettered, true),
    },
  ];
  return { rows, columns };
}

/** A row of the scoreboard in words. */
export function scoreInWords({ rows, columns }: ReturnType<typeof scoreboardOf>, at: number): string {
  const each = columns.map(({ word, scores }) => `${word} ${scores[at]?.text}`);
  return `${rows[at]?.label}: ${each.join(", ")}`;
}

// As far from the best as a factor: nobody feels less, and everybody more.
const [felt, muchSlower] = [3, 20];

function verdictOnTime(ms: number | null, best: number): Verdict {
  const factor = ms === null ? Infinity : ms / best;
  return factor <= felt ? "good" : factor <= muchSlower ? "price" : "high price";
}

const manyOfAll = 0.02;

function verdictOnCount(share: number, mild: boolean): Verdict {
  return share === 0 ? "good" : share < manyOfAll || mild ? "price" : "high price";
}
