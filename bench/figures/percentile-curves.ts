import type { Run } from "#shared/results.ts";
import { median } from "./statistics.ts";
import type { TrialView } from "./view.ts";

/** The response times of one row by percentile: medians over its runs. */
export interface Curve {
  id: string;
  label: string;
  /** Up to the last percentile that was answered. */
  steps: { percent: number; ms: number }[];
  /** The percentage of customers who got an answer, and how long the slowest of them waited. */
  answeredPercent: number;
  slowestMs: number;
}

/** A curve for each row. */
export function curvesOf({ rows }: TrialView): Curve[] {
  return rows.map(({ id, label, runs }) => {
    const steps = percentsOf(runs).flatMap((percent) => {
      const ms = median(runs.map((run) => msAt(run, percent)));
      return ms === null ? [] : [{ percent, ms }];
    });
    const shares = runs.map(({ response }) => 100 * (1 - response.never / Math.max(response.count, 1)));
    const slowestMs = median(runs.map(({ response }) => response.slowestFinishedMs ?? null)) ?? 0;
    return { id, label, steps, answeredPercent: median(shares) ?? 0, slowestMs };
  });
}

/** The percentiles for which every run has enough samples. */
function percentsOf(runs: readonly Run[]): number[] {
  const [first] = runs;
  return (first?.percentiles ?? [])
    .map(({ percent }) => percent)
    .filter((percent) => runs.every((run) => run.percentiles.some((each) => each.percent === percent)));
}

const msAt = ({ percentiles }: Run, percent: number) =>
  percentiles.find((each) => each.percent === percent)?.responseMs ?? null;
