import type { Results } from "#shared/results.ts";
import { counted } from "../format.ts";
import { planOf, rateText, troublesText } from "../plan-words.ts";

/** What was done and what it isn't, under every title. */
export function loadNote(results: Results, which: "day" | "storm" = "day"): string {
  const plan = planOf(results, which);
  const runs = plan.runs > 1 ? `, ${plan.runs} runs` : "";
  return [
    `${plan.customers} customers, ${rateText(plan)}${runs}`,
    troublesText(plan).join(", "),
    `embedded AWS on ${counted(results.environment.cores, "core")}, not AWS latencies`,
  ].join("; ");
}
