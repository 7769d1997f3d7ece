import type { Plan, Results } from "#shared/results.ts";
import { counted } from "../format.ts";
import { killSeconds, outageSeconds, placeText, planOf, rateText, troublesText } from "../plan-words.ts";

/** What was done and what it isn't, under every title. */
export function loadNote(results: Results, which: "day" | "storm" = "day"): string {
  const plan = planOf(results, which);
  const runs = plan.runs > 1 ? `, ${plan.runs} runs` : "";
  return [
    `${plan.customers} customers, ${rateText(plan)}${runs}`,
    (which === "day" ? troublesText(plan) : troublesInBrief(plan)).join(", ") || "no trouble",
    machineNote(results),
  ].join("; ");
}

/** Where it was measured, and that it is no figure of AWS's. */
export const machineNote = (results: Results): string =>
  `embedded AWS on ${counted(results.environment.cores, "core")}, ${placeText(results)}`;

// A storm has so many troubles that their moments are left to the picture of it.
function troublesInBrief(plan: Plan): string[] {
  const outage = outageSeconds(plan);
  const kills = killSeconds(plan).length;
  return [
    ...(kills === 0 ? [] : [counted(kills, "kill")]),
    ...(outage === undefined ? [] : [`an outage of ${outage.end - outage.begin} s`]),
    ...(plan.poison.length === 0 ? [] : [`${plan.poison.length} poison devices`]),
  ];
}
