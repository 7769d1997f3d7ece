import { counted } from "../../figures/format.ts";
import type { ResultsView, TrialView } from "../../figures/view.ts";
import { placeText, rateText, troublesText } from "../words.ts";

/** What was done and what it isn't, under every title. */
export function loadNote(view: ResultsView, trial: TrialView): string {
  const { plan } = trial;
  const runs = plan.runs > 1 ? `, ${plan.runs} runs` : "";
  return [
    `${plan.customers} customers, ${rateText(plan)}${runs}`,
    (trial.part === "day" ? troublesText(trial) : troublesInBrief(trial)).join(", ") || "no trouble",
    machineNote(view),
  ].join("; ");
}

/** Where it was measured, and that it is no figure of AWS's. */
export const machineNote = (view: ResultsView): string =>
  `embedded AWS on ${counted(view.environment.cores, "core")}, ${placeText(view)}`;

// A storm has so many troubles that their moments are left to the picture of it.
function troublesInBrief({ plan, killsAtSeconds, outage }: TrialView): string[] {
  const kills = killsAtSeconds.length;
  return [
    ...(kills === 0 ? [] : [counted(kills, "kill")]),
    ...(outage === undefined ? [] : [`an outage of ${outage.toSecond - outage.fromSecond} s`]),
    ...(plan.poison.length === 0 ? [] : [`${plan.poison.length} poison devices`]),
  ];
}
