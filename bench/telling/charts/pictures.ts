import { viewOf } from "../../figures/view.ts";
import type { ResultsView } from "../../figures/view.ts";
import { arrivalRate } from "./arrival-rate.ts";
import { eightyCustomers } from "./eighty-customers.ts";
import { latencyPercentiles } from "./latency-percentiles.ts";
import { limitsPicture } from "./limits.ts";
import type { Picture } from "./drawing/picture.ts";
import { responseTime } from "./response-time.ts";
import { scoreboard } from "./scoreboard.ts";
import { storm } from "./storm.ts";
import { twoClocks } from "./two-clocks.ts";

/** All pictures that these results allow, in the order of the story, for drawing here or in a browser. */
export function picturesOf(view: ResultsView): Picture[] {
  const { day, storm: stormy } = view.trials;
  // The storm shows a tail; without one, the day has to.
  const tail = stormy ?? day;
  return [
    ...(day ? [twoClocks(view, day), eightyCustomers(view, day), responseTime(view, day)] : []),
    ...(tail ? [latencyPercentiles(view, tail)] : []),
    ...(stormy ? [storm(view, stormy), scoreboard(view, stormy)] : []),
    ...(view.sweep ? [arrivalRate(view, view.sweep)] : []),
    ...(view.limits.length > 0 ? [limitsPicture(view)] : []),
  ];
}

/** One of these pictures by name, for some rows only. Undefined if it or one of the rows was not measured. */
export function pictureOf(
  view: ResultsView,
  name: string,
  rows: readonly string[] = [],
): Picture | undefined {
  const part = partOfPicture(name);
  const measured = (part === "sweep" ? view.sweep : view.trials[part])?.rows ?? [];
  if (measured.length === 0 || rows.some((row) => measured.every(({ id }) => id !== row))) {
    return undefined;
  }
  const chapters = view.results.chapters.filter(({ id }) => rows.includes(id));
  const shown = rows.length === 0 ? view : viewOf({ ...view.results, chapters });
  return picturesOf(shown).find((picture) => picture.name === name);
}

const partOf = {
  "two-clocks": "day",
  "eighty-customers": "day",
  "response-time": "day",
  "latency-percentiles": "day",
  storm: "storm",
  scoreboard: "storm",
  "arrival-rate": "sweep",
} as const;

/** All names that {@link pictureOf} knows. */
export const pictureNames = Object.keys(partOf);

/** The part of the results that a picture shows. */
export const partOfPicture = (name: string): "day" | "storm" | "sweep" =>
  Object.entries(partOf).find(([each]) => each === name)?.[1] ?? "day";
