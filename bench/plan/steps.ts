import type { Plan, Results, SweepPlan } from "#shared/results.ts";
import { sweptRows } from "./plans.ts";
import { isLab, livesThrough, rotated, trialParts } from "./rows.ts";
import type { Row, TrialPart } from "./rows.ts";

export interface WhatToMeasure {
  rows: readonly Row[];
  plans: Results["plans"];
  withClosedLoop: boolean;
  /** How often an unreliable trial is repeated at most, at once. Default: never. */
  mostRepeats?: number;
  /** Whose traces are kept: each run's, which is the default, or one day and one storm of each row. */
  traces?: "each" | "first";
}

/** One start of one chapter. */
export type Step = { name: string; seconds: number; row: Row } & (
  | { kind: TrialPart; plan: Plan; run: number; place: number }
  | { kind: "closed loop" }
  | { kind: "sweep"; plan: SweepPlan }
);

/** The steps in order: days, in another order in every round; each chapter's closed loop; storms; labs; sweeps. */
export function stepsOf({ rows, plans, withClosedLoop }: WhatToMeasure): Step[] {
  const [, ...later] = trialParts;
  return [
    ...roundsOf("day", plans.day, rows),
    ...(withClosedLoop ? closedLoops(rows) : []),
    ...later.flatMap((part) => roundsOf(part, plans[part], rows)),
    ...sweeps(plans.sweep, rows),
  ];
}

function roundsOf(kind: TrialPart, plan: Plan | undefined, all: readonly Row[]): Step[] {
  if (plan === undefined) {
    return [];
  }
  const rows = all.filter((row) => livesThrough(row, kind));
  return Array.from({ length: plan.runs }, (_, run) =>
    rotated(rows, run).map((row, at): Step => ({
      kind,
      name: `${row.label}, ${kind}${plan.runs > 1 ? ` ${run + 1}` : ""}`,
      seconds: secondsOfTrial(row, plan),
      row,
      plan,
      run,
      place: at + 1,
    })),
  ).flat();
}

function closedLoops(rows: readonly Row[]): Step[] {
  // The vendor's weather makes no difference to it, so a chapter has one, even with two rows. A lab has none: how fast it answers is not
  // its question.
  const chapters = rows.filter(({ chapter }) => !isLab(chapter));
  const once = chapters.filter(
    (row, at) => chapters.findIndex(({ chapter }) => chapter === row.chapter) === at,
  );
  return once.map((row) => ({ kind: "closed loop", name: `${row.label}, how fast`, seconds: 5, row }));
}

function sweeps(plan: SweepPlan | undefined, rows: readonly Row[]): Step[] {
  if (plan === undefined) {
    return [];
  }
  const seconds = plan.phases.reduce((sum, phase) => sum + phase.seconds + plan.drainMs / 1_000 + 1, 8);
  return rows
    .filter(({ id }) => sweptRows.includes(id))
    .map((row) => ({ kind: "sweep", name: `${row.label}, sweep`, seconds, row, plan }));
}

// Only for the remaining time: start, warm-up, and the drain, which 03 and 04 use up. A redrive comes after the rest.
function secondsOfTrial(row: Row, { phases, horizonMs, events }: Plan): number {
  const arrivalSeconds = phases.reduce((sum, { seconds }) => sum + seconds, 0);
  const id = row.begunAs ?? row.id;
  const hasRedrive = events.some(({ does }) => does === "heal-and-redrive");
  const usesItUp = id === "03" || id === "04" || (hasRedrive && id > "03");
  return 5 + (usesItUp ? horizonMs / 1_000 : arrivalSeconds + 3);
}

/** A seed per round, the same for all its rows, so that rounds can be compared in pairs. */
export const seedOf = (run: number, seed: number): number => seed + run;
