import type { LedgerEntries, Results } from "#shared/results.ts";
import { listed } from "./format.ts";
import { measuredRows } from "../figures/medians.ts";
import type { Measured } from "../figures/medians.ts";
import { errorsOf } from "../trial/ledger.ts";
import type { TrialPart } from "../plan/rows.ts";

/** What a lab's own plan has shown, in a sentence; undefined for a plan that is no lab's. */
export function labSentence(results: Results, part: TrialPart): string | undefined {
  const rows = measuredRows(results, part);
  switch (part) {
    case "outage":
      return outageSentence(rows);
    case "rush":
      return rushSentence(rows);
    case "day":
    case "storm":
      return undefined;
  }
}

/** How many healthy devices lay aside when the outage was over, before anybody brought them back. */
export const setAsideBefore = ({ runs }: Measured): number =>
  runs.reduce((sum, { beforeRedrive }) => sum + (beforeRedrive?.healthy ?? 0), 0);

/** The most that waited at any moment, in any run. */
export const longestBacklog = ({ runs }: Measured): number =>
  Math.max(0, ...runs.flatMap(({ samples }) => samples.map(({ visible }) => visible)));

function outageSentence(rows: readonly Measured[]): string {
  const each = rows.map((row) => `${row.id} set ${setAsideBefore(row) || "no"} healthy devices aside`);
  const left = rows.flatMap(({ id, ledger: { lost, deadLettered } }) =>
    lost + deadLettered > 0 ? [`${id} lost ${lost} and left ${deadLettered} aside`] : [],
  );
  const after = left.length === 0 ? "the redrive brought all back" : listed(left);
  return `${listed(each)}; ${after}.`;
}

function rushSentence(rows: readonly Measured[]): string {
  const isClean = ({ ledger }: Measured) => pricesOf(ledger).every(([count]) => count === 0);
  const clean = rows.filter(isClean).map(({ label }) => label);
  const others = rows
    .filter((row) => !isClean(row))
    .map((row) => {
      const refused = connectionsRefused(row);
      const prices = pricesOf(row.ledger).filter(([count]) => count > 0);
      const words = [
        ...(refused > 0 ? [`is refused ${refused} connections`] : []),
        ...prices.map(([count, verb]) => verb(count)),
      ];
      return `${row.label} ${listed(words)}`;
    });
  const all = `${listed(clean)} ${clean.length === 1 ? "activates" : "activate"} every device, once`;
  return `${[...(clean.length > 0 ? [all] : []), ...others].join("; ")}.`;
}

/** How often there was no connection left, in all runs. */
export const connectionsRefused = ({ runs }: Measured): number =>
  runs.reduce((sum, run) => sum + (run.connectionsRefused ?? 0), 0);

const pricesOf = (ledger: LedgerEntries): [number, (count: number) => string][] => [
  [errorsOf(ledger), (count) => `gives ${count} errors`],
  [ledger.lost, (count) => `loses ${count}`],
  [ledger.doubled, (count) => `does ${count} twice`],
  [ledger.deadLettered, (count) => `sets ${count} aside`],
  [ledger.waiting, (count) => `leaves ${count} waiting`],
];
