import type { ChapterResult, Results, SweepPoint } from "#shared/results.ts";
import { summedUp } from "../figures/run.ts";
import { rowsFor } from "../plan/rows.ts";
import { fullStorm, shortStorm } from "../plan/plans.ts";
import { sweepPlan, sweptRows } from "../plan/plans.ts";
import { quantiles } from "../figures/statistics.ts";
import { inventedResults } from "./invented.ts";
import { inventedStormRun } from "./invented-storm.ts";
import type { Traits } from "./invented-storm.ts";

const queued = { answers: "at once", refused: "waits", killed: "done twice", servers: 18 } as const;

const names: Record<string, string> = {
  "01": "01-synchronous",
  "02": "02-ticket",
  "03": "03-queue",
  "04": "04-lambda",
  "05": "05-dead-letter-queue",
  "06": "06-check-then-act",
  "07": "07-lock",
};

const traits: readonly Traits[] = [
  {
    id: "01",
    servers: 20,
    answers: "when the device works",
    killed: "lost",
    refused: "failed",
    poisoned: "refused",
  },
  { id: "02", servers: 20, answers: "at once", killed: "lost", refused: "gaveUp", poisoned: "gaveUp" },
  { ...queued, id: "03", servers: 1, killed: "done again", poisoned: "waiting" },
  { ...queued, id: "04", poisoned: "waiting" },
  { ...queued, id: "05", poisoned: "deadLettered" },
  { ...queued, id: "06", killed: "lost", poisoned: "deadLettered" },
  { ...queued, id: "07", poisoned: "deadLettered" },
  { ...queued, id: "07+key", killed: "done again", poisoned: "deadLettered" },
];

/** Results that nobody measured of everything that can be: days, closed loops, storms and sweeps. */
export function inventedFullResults({ runs = 3, seed = 1, short = false } = {}): Results {
  const storm = short ? shortStorm(runs) : fullStorm(runs);
  const results = inventedResults({ runs, seed });
  const rows = Object.entries(names).flatMap(([number, name]) => rowsFor([{ number, name, folder: "" }]));
  const days = results.chapters;
  const chapters = rows.map(({ id, chapter, label, weather }, at): ChapterResult => {
    // What the smaller invention leaves out is much like 07.
    const like = days.find((row) => row.id === id) ?? days.find((row) => row.id === "07");
    const own = traits[at] as Traits;
    const stormRuns = Array.from({ length: runs }, (_run, run) => inventedStormRun(own, storm, seed + run));
    return {
      ...(like as ChapterResult),
      id,
      chapter,
      label,
      weather,
      storm: summedUp(stormRuns),
      ...(sweptRows.includes(id) && { sweep: sweepPlan.phases.map((phase) => inventedPoint(id, phase)) }),
    };
  });
  return {
    ...results,
    command: "npm run bench:full",
    plans: { ...results.plans, storm, sweep: sweepPlan },
    chapters,
  };
}

/** Of so many a second more is asked than is done. */
const limits: Record<string, number> = { "01": 44, "03": 2.2, "04": 42, "07": 40 };

function inventedPoint(
  id: string,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): SweepPoint {
  const sent = Math.round(perSecond * seconds);
  const limit = limits[id] ?? 40;
  const over = Math.max(perSecond / limit - 1, 0);
  const inside = id === "01";
  const calmMs = 400 + 600 * Math.min(perSecond / limit, 1) ** 8;
  const spread = (middleMs: number) => (_sample: unknown, at: number) =>
    middleMs * (0.4 + (1.2 * (at + 1)) / sent);
  const errors = inside ? Math.round((sent * over) / (1 + over)) : 0;
  const worksMs = calmMs + (inside ? 400 * Math.min(over, 1) : over * seconds * 500);
  const finished = Math.round((sent - errors) / (inside ? 1 : 1 + over * 0.7));
  const waits = sent - errors - finished;
  const all = Array.from({ length: sent - errors });
  return {
    perSecond,
    seconds,
    response: quantiles({
      finishedMs: all.map(spread(inside ? worksMs : 9 + perSecond / 20)),
      never: errors,
    }),
    activation: quantiles({
      finishedMs: all.slice(0, finished).map(spread(worksMs)),
      never: waits,
      ...(waits > 0 && { watchedMs: 4_000 }),
    }),
    errors,
    unfinished: waits,
    steady: over === 0,
    sender: { lateMaxMs: 0.8, cpuShare: 0.03 },
    reasons: [],
  };
}
