import type { Plan, Results } from "#shared/results.ts";
import { counted } from "../format.ts";
import { killSeconds, outageSeconds, planOf, rateText, troublesText } from "../plan-words.ts";

/** What was done and what it isn't, under every title. */
export function loadNote(results: Results, which: "day" | "storm" = "day"): string {
  const plan = planOf(results, which);
  const runs = plan.runs > 1 ? `, ${plan.runs} runs` : "";
  return [
    `${plan.customers} customers, ${rateText(plan)}${runs}`,
    (which === "day" ? troublesText(plan) : troublesInBrief(plan)).join(", "),
    machineNote(results),
  ].join("; ");
}

/** Where it was measured, and that it is no figure of AWS's. */
export const machineNote = ({ environment }: Results): string =>
  `embedded AWS on ${counted(environment.cores, "core")}, not AWS latencies`;

// A storm has so many troubles that their moments are left to the picture of it.
function troublesInBrief(plan: Plan): string[] {
  const outage = outageSeconds(plan);
  return [
    counted(killSeconds(plan).length, "kill"),
    ...(outage === undefined ? [] : [`an outage of ${outage.end - outage.begin} s`]),
    `${plan.poison.length} poison devices`,
  ];
}
