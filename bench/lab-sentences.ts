import type { Results } from "#shared/results.ts";
import { duration, listed } from "./format.ts";
import { measuredRows } from "./medians.ts";
import type { Measured } from "./medians.ts";
import { errorsOf } from "./storm-sentences.ts";
import type { TrialPart } from "./trial-parts.ts";

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
  const slowest = ({ median }: Measured) => median.activation.p99Ms ?? median.activation.maxMs;
  const each = rows.map((row) => {
    const ms = slowest(row);
    const late = ms === null ? "some never worked" : `the slowest work after ${duration(ms)}`;
    const errors = errorsOf(row.ledger);
    const price = [...(errors > 0 ? [`${errors} errors`] : []), `${row.ledger.deadLettered} set aside`];
    return `${row.label}: ${late}, ${listed(price)}`;
  });
  return `${each.join("; ")}.`;
}
