import type { Run } from "#shared/results.ts";
import { activationSamples, responseSamples } from "./run.ts";
import { compare, medianInterval } from "./statistics.ts";
import type { Comparison, Interval } from "./statistics.ts";
import type { ClockName, RowView } from "./view.ts";

/** How many times longer the second row took, by the medians of the runs in which both had the same customers. */
export function compareRows(before: RowView, after: RowView, clock: ClockName): Comparison {
  const pairs = before.runs.flatMap((left) => {
    const right = after.runs.find(({ seed }) => seed === left.seed);
    return right === undefined ? [] : [[left[clock].p50Ms, right[clock].p50Ms] as const];
  });
  return compare(
    pairs.map(([left]) => left),
    pairs.map(([, right]) => right),
  );
}

// The intervals within a run don't show how much runs differ. Of 70 pairs of days of the same chapter, measured one after the other,
// 16 had disjoint intervals, but none had medians that differ by this factor.
const betweenRuns = 1.5;
// Medians of several runs that differ by less count as equal, even if they do so in each run.
const worthTelling = 1.15;

/** How many times sooner `after` answers than `before`; below 1 if later. Undefined if these runs can't tell them apart. */
export function timesSooner(after: RowView, before: RowView): number | undefined {
  const [now, then] = [after.median.response.p50Ms, before.median.response.p50Ms];
  if (now === null || then === null) {
    return undefined;
  }
  const { verdict } = compareRows(before, after, "response");
  const ratio = then / now;
  const isTold =
    verdict === "too few runs"
      ? !mayBeEqual(answersWithin(after), answersWithin(before))
      : verdict !== "no difference" && (ratio > worthTelling || ratio < 1 / worthTelling);
  return isTold ? ratio : undefined;
}

/** Whether a few runs can't tell which of the two has devices that work sooner. */
export function mayWorkEqually(after: RowView, before: RowView): boolean {
  const within = ({ runs }: RowView) =>
    hull(
      runs.map(({ customers }) =>
        medianInterval(activationSamples(customers.filter(({ fate }) => fate !== "refused"))),
      ),
    );
  // Storms don't keep each customer.
  const isKnown = [after, before].every(({ runs }) => runs.every(({ customers }) => customers.length > 0));
  return isKnown && mayBeEqual(within(after), within(before));
}

/** The largest groups of rows whose answer times can't be told apart, the fastest first. A row may be in two groups. */
export function answeringAlike<Row extends RowView>(rows: readonly Row[]): Row[][] {
  const found = rows
    .map((row) => ({ row, within: answersWithin(row) }))
    .toSorted((left, right) => left.within.fromMs - right.within.fromMs);
  // If every two intervals overlap, they have a point in common: where the last of them begins.
  const groups = found.map(({ within: { fromMs } }) =>
    found.filter(({ within }) => within.fromMs <= fromMs && fromMs <= within.toMs).map(({ row }) => row),
  );
  return groups.filter(
    (group, at) => !groups.some((other, place) => place > at && group.every((row) => other.includes(row))),
  );
}

const mayBeEqual = (one: Interval, other: Interval) => one.fromMs <= other.toMs && other.fromMs <= one.toMs;

/** The interval that contains the row's median answer time, as far as a few runs can tell. */
function answersWithin({ runs, median }: RowView): Interval {
  const p50Ms = median.response.p50Ms ?? Infinity;
  const aside = Math.sqrt(betweenRuns);
  return hull([...runs.map(answersOfRunWithin), { fromMs: p50Ms / aside, toMs: p50Ms * aside }]);
}

function answersOfRunWithin({ customers, percentiles }: Run): Interval {
  if (customers.length > 0) {
    return medianInterval(responseSamples(customers));
  }
  // With 96 customers or more, as in every storm, the median is between these with a confidence of at least 95 %.
  const at = (wanted: number) =>
    percentiles.find(({ percent }) => percent === wanted)?.responseMs ?? Infinity;
  return { fromMs: at(40), toMs: at(60) };
}

function hull(intervals: readonly Interval[]): Interval {
  return {
    fromMs: Math.min(...intervals.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...intervals.map(({ toMs }) => toMs)),
  };
}
