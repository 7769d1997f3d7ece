import type { Load } from "#shared/results.ts";
import { usualWeather } from "#shared/vendor/weather.ts";
import { dayStart } from "./day.ts";
import { closedLoopInventory, rotated } from "./plan.ts";
import type { Row } from "./plan.ts";
import type { RunningChapter, StartChapter } from "./running.ts";

interface Plan {
  rows: readonly Row[];
  load: Load;
  withClosedLoop: boolean;
}

/** One start of one chapter. */
export type Step = { name: string; seconds: number; row: Row } & (
  | { kind: "day"; run: number; place: number }
  | { kind: "closed loop" }
);

/** What will be done, in order: every round of days in another order, then each chapter's closed loop. */
export function stepsOf({ rows, load, withClosedLoop }: Plan): Step[] {
  const round = (run: number): Step[] =>
    rotated(rows, run).map((row, at) => ({
      kind: "day",
      name: load.runs > 1 ? `${row.label}, day ${run + 1}` : row.label,
      seconds: daySeconds(row, load),
      row,
      run,
      place: at + 1,
    }));
  const days = Array.from({ length: load.runs }, (_, run) => round(run)).flat();
  // The vendor's weather makes no difference to it: a chapter has one, though it may have two rows.
  const once = rows.filter((row, at) => rows.findIndex(({ chapter }) => chapter === row.chapter) === at);
  const loops = once.map((row): Step => ({
    kind: "closed loop",
    name: `${row.label}, how fast`,
    seconds: 5,
    row,
  }));
  return withClosedLoop ? [...days, ...loops] : days;
}

// For the time left only: starting, warming up, and the drain, which 03 and 04 use up.
const daySeconds = ({ id }: Row, load: Load) =>
  5 + (id === "03" || id === "04" ? load.horizonMs / 1_000 : 11);

interface StartAs {
  start: StartChapter;
  seed: number;
  log: (name: string, line: string) => void;
}

/** Starts what a step measures, in fresh processes. */
export function startFor(step: Step, { start, seed, log }: StartAs): Promise<RunningChapter> {
  const { row } = step;
  if (step.kind === "day") {
    const onLine = (process: string, line: string) => log(row.id, `[${process}] ${line}`);
    return start({ ...dayStart(row, seedOf(step.run, seed)), onLine });
  }
  return start({
    folder: row.folder,
    weather: { ...usualWeather, seed },
    devices: closedLoopInventory,
    // Nobody consumes: the answer alone is measured, and what piles up is thrown away.
    consumers: false,
    onLine: (process, line) => log(`${row.id}-closed-loop`, `[${process}] ${line}`),
  });
}

/** A seed for each round, the same for all its rows: rounds can be compared pair by pair. */
export const seedOf = (run: number, seed: number): number => seed + run;
