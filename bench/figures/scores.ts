import { quantileText } from "./format.ts";
import { ledgerColumns } from "./ledger-columns.ts";
import type { LedgerColumn } from "./ledger-columns.ts";
import type { ClockName, TrialView } from "./view.ts";

/** "good": as good as any; "price" and "high price": what a chapter pays. */
export type Verdict = "good" | "price" | "high price";

/** One figure of a chapter's storm, and its verdict. */
export interface Score {
  text: string;
  verdict: Verdict;
}

/** A column of the scoreboard. */
export interface ScoreColumn {
  group: "answered" | "device works" | "of all customers";
  title: string;
  /** For a sentence: "lost 4". */
  word: string;
  /** One per row. */
  scores: Score[];
}

const { errors, lost, twice, gaveUp, untold, waiting, setAside } = ledgerColumns;

/** Every row's storm: medians of the times over the runs, sums of the counts. */
export function scoreboardOf({ rows, high }: TrialView): ScoreColumn[] {
  const highTitle = high === "p99Ms" ? "p99" : "max";
  const time = (clock: ClockName, which: "p50Ms" | "p99Ms" | "maxMs"): Score[] => {
    const best = Math.min(...rows.map(({ median }) => median[clock][which] ?? Infinity));
    return rows.map(({ median }) => ({
      text: quantileText(median[clock], which),
      verdict: verdictOnTime(median[clock][which] ?? null, best),
    }));
  };
  const count = (column: LedgerColumn): ScoreColumn => ({
    group: "of all customers",
    title: column.short,
    word: column.named,
    scores: rows.map(({ ledger }) => ({
      text: String(column.of(ledger)),
      // A dead-letter queue is meant to set messages aside for a person, so that is never the worst verdict.
      verdict: verdictOnCount(column.of(ledger) / Math.max(ledger.sent, 1), column === setAside),
    })),
  });
  return [
    { group: "answered", title: "p50", word: "answered p50", scores: time("response", "p50Ms") },
    { group: "answered", title: highTitle, word: highTitle, scores: time("response", high) },
    { group: "device works", title: "p50", word: "device works p50", scores: time("activation", "p50Ms") },
    { group: "device works", title: highTitle, word: highTitle, scores: time("activation", high) },
    ...[errors, lost, twice, gaveUp, untold, waiting, setAside].map(count),
  ];
}

// Factors of the best time. Up to the first, no customer notices; beyond the second, all do.
const [felt, muchSlower] = [3, 20];

function verdictOnTime(ms: number | null, best: number): Verdict {
  const factor = ms === null ? Infinity : ms / best;
  return factor <= felt ? "good" : factor <= muchSlower ? "price" : "high price";
}

const manyOfAll = 0.02;

function verdictOnCount(share: number, mild: boolean): Verdict {
  return share === 0 ? "good" : share < manyOfAll || mild ? "price" : "high price";
}
