import type { Results } from "#shared/results.ts";
import { measuredRows } from "../../figures/medians.ts";
import { sweptRowsOf } from "../sweep-sentences.ts";
import { arrivalRate } from "./arrival-rate.ts";
import { eightyCustomers } from "./eighty-customers.ts";
import { latencyPercentiles } from "./latency-percentiles.ts";
import type { Picture } from "./drawing/picture.ts";
import { responseTime } from "./response-time.ts";
import { scoreboard } from "./scoreboard.ts";
import { storm } from "./storm.ts";
import { twoClocks } from "./two-clocks.ts";

/** All that these results have to show, in the order in which it is told; drawn here or in a browser. */
export function picturesOf(results: Results): Picture[] {
  const hasDay = results.plans.day !== undefined;
  const hasStorm = measuredRows(results, "storm").length > 0;
  const hasSweep = sweptRowsOf(results).length > 0;
  return [
    ...(hasDay ? [twoClocks(results), eightyCustomers(results), responseTime(results)] : []),
    ...(hasDay || hasStorm ? [latencyPercentiles(results)] : []),
    ...(hasStorm ? [storm(results), scoreboard(results)] : []),
    ...(hasSweep ? [arrivalRate(results)] : []),
  ];
}

/** One of these pictures by name, of some rows alone; undefined if it, or one of the rows, was not measured. */
export function pictureOf(results: Results, name: string, rows: readonly string[] = []): Picture | undefined {
  const part = partOfPicture(name);
  const measured = part === "sweep" ? sweptRowsOf(results) : measuredRows(results, part);
  const ids = measured.map(({ id }) => id);
  if (ids.length === 0 || rows.some((row) => !ids.includes(row))) {
    return undefined;
  }
  const shown = rows.length === 0 ? ids : rows;
  const chapters = results.chapters.filter(({ id }) => shown.includes(id));
  return picturesOf({ ...results, chapters }).find((picture) => picture.name === name);
}

/** All names that {@link pictureOf} knows. */
export const pictureNames = [
  "two-clocks",
  "eighty-customers",
  "response-time",
  "latency-percentiles",
  "storm",
  "scoreboard",
  "arrival-rate",
] as const;

/** The part of the results that a picture shows. */
export const partOfPicture = (name: string): "day" | "storm" | "sweep" =>
  name === "storm" || name === "scoreboard" ? "storm" : name === "arrival-rate" ? "sweep" : "day";
