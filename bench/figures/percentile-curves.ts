import type { Results, Run } from "#shared/results.ts";
import { capitalized, spoken } from "../telling/format.ts";
import { measuredRows } from "./medians.ts";
import { rowsInWords } from "../telling/row-words.ts";
import { median } from "./statistics.ts";

/** The response times of one row by percentile: medians over its runs. */
export interface Curve {
  id: string;
  label: string;
  /** Up to the last one that so many were answered within. */
  steps: { percent: number; ms: number }[];
  /** The percentage of customers who were answered at all, and how long the slowest of them waited. */
  answeredPercent: number;
  slowestMs: number;
}

/** The storm is what shows a tail; without one, the day. */
export const tailPart = (results: Results): "day" | "storm" =>
  measuredRows(results, "storm").length > 0 ? "storm" : "day";

/** A curve for each row that was measured. */
export function curvesOf(results: Results): Curve[] {
  return measuredRows(results, tailPart(results)).map(({ id, label, runs }) => {
    const steps = percentsOf(runs).flatMap((percent) => {
      const ms = median(runs.map((run) => msAt(run, percent)));
      return ms === null ? [] : [{ percent, ms }];
    });
    const shares = runs.map(({ response }) => 100 * (1 - response.never / Math.max(response.count, 1)));
    const slowestMs = median(runs.map(({ response }) => response.slowestFinishedMs ?? null)) ?? 0;
    return { id, label, steps, answeredPercent: median(shares) ?? 0, slowestMs };
  });
}

/** The percentiles that every run's number of samples bears. */
function percentsOf(runs: readonly Run[]): number[] {
  const [first] = runs;
  return (first?.percentiles ?? [])
    .map(({ percent }) => percent)
    .filter((percent) => runs.every((run) => run.percentiles.some((each) => each.percent === percent)));
}

const msAt = ({ percentiles }: Run, percent: number) =>
  percentiles.find((each) => each.percent === percent)?.responseMs ?? null;

const titlePercents = [99, 95, 90, 50];

/** How long the unlucky wait: at the highest percentile at which most rows still answer. */
export function tailSentence(curves: readonly Curve[]): string {
  if (curves.length === 0) {
    return "No chapter was measured.";
  }
  const order = curves.map(({ id }) => id);
  for (const percent of titlePercents) {
    const at = curves.map(({ id, steps }) => ({
      id,
      ms: steps.find((step) => step.percent === percent)?.ms,
    }));
    const answered = at.flatMap(({ id, ms }) => (ms === undefined ? [] : [{ id, ms }]));
    if (answered.length * 2 > curves.length) {
      const never = at.filter(({ ms }) => ms === undefined).map(({ id }) => id);
      const of100 = `${percent} of 100 customers`;
      const parts = [
        ...groupedByTime(answered).map(({ ids, ms }, place) => {
          const within = place === 0 ? `${of100} are answered within ${ms}` : `within ${ms}`;
          return `${within} by ${rowsInWords(ids, order)}`;
        }),
        ...(never.length > 0
          ? [`${rowsInWords(never, order)} never ${never.length > 1 ? "answer" : "answers"} so many`]
          : []),
      ];
      return capitalized(`${parts.join("; ")}.`);
    }
  }
  return "Most chapters answered fewer than half of their customers.";
}

const alike = 2;
const mostGroups = 2;

/** Rows of about the same time together, the fastest first. */
function groupedByTime(rows: readonly { id: string; ms: number }[]): { ids: string[]; ms: string }[] {
  const groups: { id: string; ms: number }[][] = [];
  for (const row of rows.toSorted((left, right) => left.ms - right.ms)) {
    const group = groups.at(-1);
    const first = group?.[0];
    if (group !== undefined && first !== undefined && row.ms <= first.ms * alike) {
      group.push(row);
    } else {
      groups.push([row]);
    }
  }
  // More of them would fill a title: then the slowest says enough.
  return (groups.length > mostGroups ? [groups.flat()] : groups).map((group) => ({
    ids: group.map(({ id }) => id),
    // No line break between a number and its unit.
    ms: spoken(Math.max(...group.map(({ ms }) => ms))).replace(" ", "\u00A0"),
  }));
}
