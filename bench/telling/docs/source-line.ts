import type { Results } from "#shared/results.ts";
import { measuredRows } from "../../figures/medians.ts";
import { rateText, secondsOf, troublesText } from "../plan-words.ts";
import { distrusted } from "../../figures/trust.ts";
import type { TrialPart } from "../../plan/rows.ts";

/** Where figures of the day, the storm or the sweep come from, in a text from which `up` leads to the root. */
export function sourceLine(results: Results, part: TrialPart | "sweep", up = ""): string {
  const { environment, startedAt, command } = results;
  const doubts = distrusted(results.chapters, [part]).length;
  const doubtful =
    doubts === 0 ? "" : " **The run marks some of these figures as doubtful, and its report says why.**";
  return (
    `<sub>${whatWasDone(results, part)} of \`${command}\` on ${startedAt.slice(0, 10)}, ${environment.cores} cores, ` +
    `Node ${environment.node.replace(/^v/, "")}. An embedded AWS on one machine: these are not AWS's latencies.${doubtful} ` +
    `[Where they are kept](${up}bench/reference/README.md).</sub>`
  );
}

function whatWasDone(results: Results, part: TrialPart | "sweep"): string {
  const { plans } = results;
  if (part === "sweep") {
    const rates = plans.sweep?.phases.map(({ perSecond }) => perSecond) ?? [];
    return `${rates.join(", ")} customers a second, one rate after the other; one sweep`;
  }
  const plan = plans[part];
  if (plan === undefined || measuredRows(results, part).length === 0) {
    return `No ${part}`;
  }
  const runs = plan.runs === 1 ? "one run" : `medians and sums of ${plan.runs} runs`;
  const troubles =
    part === "day"
      ? `${plan.customers} customers in ${secondsOf(plan)} s, with the same small troubles`
      : `${plan.customers} customers in ${secondsOf(plan)} s, ${rateText(plan)}: ${troublesText(plan).join(", ")}`;
  return `${troubles}; ${runs}`;
}
