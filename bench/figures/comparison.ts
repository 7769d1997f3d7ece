import type { Run } from "#shared/results.ts";
import { activationSamples, responseSamples } from "./run.ts";
import { compare, medianInterval } from "./statistics.ts";
import type { Comparison, Interval } from "./statistics.ts";
import type { ClockName, RowView } from "./view.ts";

/** How many times longer the second row took, by the medians of those runs in which both met the same customers. */
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

// The intervals of one run say nothing of how runs differ: of pairs of days of the same chapter, measured one after the other,
// 16 of 70 had intervals apart, and none had medians that were so many times apart.
const betweenRuns = 1.5;
// Medians of some runs that differ by less are told as equal, even if it is by the same in each of them.
const worthTelling = 1.15;

/** So many times sooner `after` answers than `before`, or below 1 later; undefined where these runs can't tell them apart. */
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

/** Whether a few runs leave it open which of the two has devices that work sooner. */
export function mayWorkEqually(after: RowView, before: RowView): boolean {
  const within = ({ runs }: RowView) =>
    hull(
      runs.map(({ customers }) =>
        medianInterval(activationSamples(customers.filter(({ fate }) => fate !== "refused"))),
      ),
    );
  // Of a storm the customers are not kept one by one.
  const isKnown = [after, before].every(({ runs }) => runs.every(({ customers }) => customers.length > 0));
  return isKnown && mayBeEqual(within(after), within(before));
}

/** The largest groups in which no two rows can be told apart by how fast they answer, the fastest first. A row may be in two. */
export function answeringAlike<Row extends RowView>(rows: readonly Row[]): Row[][] {
  const found = rows
    .map((row) => ({ row, within: answersWithin(row) }))
    .toSorted((left, right) => left.within.fromMs - right.within.fromMs);
  // Intervals of which each two overlap have a point in common: where the last of them begins.
  const groups = found.map(({ within: { fromMs } }) =>
    found.filter(({ within }) => within.fromMs <= fromMs && fromMs <= within.toMs).map(({ row }) => row),
  );
  return groups.filter(
    (group, at) => !groups.some((other, place) => place > at && group.every((row) => other.includes(row))),
  );
}

const mayBeEqual = (one: Interval, other: Interval) => one.fromMs <= other.toMs && other.fromMs <= one.toMs;

/** Between which two times a few runs leave open where the row's median answer lies. */
function answersWithin({ runs, median }: RowView): Interval {
  const p50Ms = median.response.p50Ms ?? Infinity;
  const aside = Math.sqrt(betweenRuns);
  return hull([...runs.map(answersOfRunWithin), { fromMs: p50Ms / aside, toMs: p50Ms * aside }]);
}

function answersOfRunWithin({ customers, percentiles }: Run): Interval {
  if (customers.length > 0) {
    return medianInterval(responseSamples(customers));
  }
  // Of 96 customers or more, as in every storm, the median lies between these with a confidence of 95 % at least.
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
