import type { Results } from "#shared/results.ts";
import { times } from "../format.ts";
import { measuredRows } from "../../figures/medians.ts";
import type { Measured } from "../../figures/medians.ts";
import { planOf } from "../plan-words.ts";
import { compare } from "../../figures/statistics.ts";
import type { TableData } from "./html.ts";
import type { TrialPart } from "../../plan/rows.ts";

const clocks = [
  { title: "Answered p50", of: "response" },
  { title: "Device works p50", of: "activation" },
] as const;

/** Each chapter beside the one before it: the ratio of their medians, run by run, with a 95 % interval. */
export function comparisonTable(results: Results, which: TrialPart): TableData {
  const rows = measuredRows(results, which);
  const { runs } = planOf(results, which);
  return {
    caption: `Neighbours compared over ${runs === 1 ? "one run" : `${runs} runs`} (${which})`,
    head: ["Chapter", ...clocks.map(({ title }) => title)],
    words: true,
    rows: rows.slice(1).map((row, at) => {
      const before = rows[at] as Measured;
      return [`${row.label} after ${before.label}`, ...clocks.map(({ of }) => verdict(before, row, of))];
    }),
  };
}

function verdict(before: Measured, after: Measured, clock: "response" | "activation"): string {
  // Runs of one seed met the same customers and the same vendor: they are a pair.
  const pairs = before.runs.flatMap((left) => {
    const right = after.runs.find(({ seed }) => seed === left.seed);
    return right === undefined ? [] : [[left[clock].p50Ms, right[clock].p50Ms] as const];
  });
  const found = compare(
    pairs.map(([left]) => left),
    pairs.map(([, right]) => right),
  );
  switch (found.verdict) {
    case "too few runs":
      return `no verdict: ${found.pairs} of the 3 pairs of runs that it takes`;
    case "no difference":
      return `no difference (${factor(found.low)} to ${factor(found.high)} times as long)`;
    case "longer":
      return `${times(found.ratio)} later (${factor(found.low)} to ${factor(found.high)})`;
    case "shorter":
      return `${times(1 / found.ratio)} sooner (${factor(1 / found.high)} to ${factor(1 / found.low)})`;
  }
}

const factor = (ratio: number) => (ratio < 9.5 ? ratio.toFixed(2) : String(Math.round(ratio)));
