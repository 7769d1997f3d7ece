import { schemaVersion } from "#shared/results.ts";
import type { ChapterResult, Phase, Results, SweepPoint } from "#shared/results.ts";
import { listChapters } from "#shared/run/chapters.ts";
import { usualWeather } from "#shared/vendor-simulator/weather.ts";
import { summedUp } from "../figures/run.ts";
import { quantiles } from "../figures/statistics.ts";
import { customersIn } from "../plan/arrivals.ts";
import { fullStorm, shortDay, shortStorm, sweepPlan, sweptRows } from "../plan/plans.ts";
import { rowsFor } from "../plan/rows.ts";
import { behaviours, inventedDay, inventedStorm, traits } from "./invented-runs.ts";
import type { Traits } from "./invented-runs.ts";

/** Invented results: a short day and closed loops. */
export function inventedResults({ runs = 1, seed = 1 } = {}): Results {
  const plan = shortDay(runs);
  const rows = behaviours.flatMap((behaviour) =>
    rowsFor([{ ...behaviour, folder: "" }]).map(({ id, chapter, label, weather }, at) => ({
      id,
      chapter,
      label,
      weather,
      overrides: {},
      day: summedUp(Array.from({ length: runs }, (_run, run) => inventedDay(behaviour, seed + run, at))),
      closedLoop: {
        connections: 10,
        seconds: 2,
        answersPerSecond: behaviour.number === "01" ? 22 : 610,
        response: quantiles({
          finishedMs: Array.from(
            { length: 600 },
            (_sample, sample) => (behaviour.number === "01" ? 440 : 14) + sample / 60,
          ),
          never: 0,
        }),
      },
    })),
  );
  return {
    schemaVersion,
    command: "npm run bench",
    startedAt: "2026-11-23T10:15:00.000Z",
    finishedAt: "2026-11-23T10:17:30.000Z",
    complete: true,
    environment: {
      machine: "An <invented> processor",
      cores: 2,
      memoryGiB: 24,
      os: "Linux 6.1 x64",
      node: "v20.20.0",
      commit: "0123456789abcdef",
      dirty: false,
    },
    notes: ["embedded AWS on this machine: not AWS latencies"],
    seed,
    weather: { ...usualWeather, seed },
    plans: { day: plan },
    overrides: { VisibilityTimeoutSeconds: "6" },
    trustworthy: true,
    chapters: rows,
  };
}

/** Invented results of everything: days, closed loops, storms and sweeps. */
export function inventedFullResults({ runs = 3, seed = 1, short = false } = {}): Results {
  const storm = short ? shortStorm(runs) : fullStorm(runs);
  const results = inventedResults({ runs, seed });
  const rows = rowsFor(listChapters().filter(({ number }) => /^0[1-7]$/.test(number)));
  const days = results.chapters;
  const chapters = rows.map(({ id, chapter, label, weather }, at): ChapterResult => {
    // Rows that the smaller invention leaves out resemble 07.
    const like = days.find((row) => row.id === id) ?? days.find((row) => row.id === "07");
    const own = traits[at] as Traits;
    const stormRuns = Array.from({ length: runs }, (_run, run) => inventedStorm(own, storm, seed + run));
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

/** At this rate a second, more comes than is done. */
const limits: Record<string, number> = { "01": 44, "03": 2.2, "04": 42, "07": 40 };

function inventedPoint(id: string, phase: Phase): SweepPoint {
  const { perSecond, seconds } = phase;
  const sent = customersIn(phase);
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
