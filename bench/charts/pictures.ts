import type { Results } from "#shared/results.ts";
import { eightyCustomers } from "./eighty-customers.ts";
import type { Picture } from "./picture.ts";
import { responseTime } from "./response-time.ts";
import { twoClocks } from "./two-clocks.ts";

/** All that these results have to show, in the order in which it is told; drawn here or in a browser. */
export function picturesOf(results: Results): Picture[] {
  const { day } = results.plans;
  return day === undefined ? [] : [twoClocks(results), eightyCustomers(results), responseTime(results)];
}
