import type { ChapterResult, DayRun, LedgerEntries, Results } from "#shared/results.ts";
import { median, range } from "./statistics.ts";

const clocks = ["response", "activation"] as const;
const figures = ["p50Ms", "maxMs"] as const;

/** The row with the medians and ranges of its runs. */
export function withMedians(row: ChapterResult): ChapterResult {
  if (row.runs.length === 0) {
    return row;
  }
  const each = <Figure>(summary: (values: (number | null)[]) => Figure) => {
    const of = (clock: (typeof clocks)[number], figure: (typeof figures)[number]) =>
      summary(row.runs.map((run) => run[clock][figure]));
    return {
      response: { p50Ms: of("response", "p50Ms"), maxMs: of("response", "maxMs") },
      activation: { p50Ms: of("activation", "p50Ms"), maxMs: of("activation", "maxMs") },
    };
  };
  return { ...row, median: each(median), range: each(range) };
}

/** The rows that have been measured: medians of the times, sums of the counts, and the first run for pictures. */
export function measuredRows(results: Results) {
  return results.chapters.flatMap((row) => {
    const [run] = row.runs;
    return run && row.median ? [{ ...row, median: row.median, ledger: summed(row.runs), run }] : [];
  });
}

function summed(runs: readonly DayRun[]): LedgerEntries {
  const [first, ...others] = runs.map(({ ledger }) => ledger);
  const total = { ...(first as LedgerEntries) };
  for (const other of others) {
    for (const entry of Object.keys(total) as (keyof LedgerEntries)[]) {
      total[entry] += other[entry];
    }
  }
  return total;
}
