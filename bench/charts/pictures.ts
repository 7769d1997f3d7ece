import type { Results } from "#shared/results.ts";
import { measuredRows } from "../medians.ts";
import { sweptRowsOf } from "../sweep-sentences.ts";
import { arrivalRate } from "./arrival-rate.ts";
import { eightyCustomers } from "./eighty-customers.ts";
import { latencyPercentiles } from "./latency-percentiles.ts";
import type { Picture } from "./picture.ts";
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
