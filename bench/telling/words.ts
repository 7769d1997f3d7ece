import type { Plan } from "#shared/results.ts";
import { counted, listed } from "../figures/format.ts";
import type { ResultsView, TrialView } from "../figures/view.ts";

/** "10 a second", or "6 to 36 a second". */
export function rateText({ phases }: Plan): string {
  const rates = phases.map(({ perSecond }) => perSecond);
  const [least, most] = [Math.min(...rates), Math.max(...rates)];
  return least === most ? `${least} a second` : `${least} to ${most} a second`;
}

/** "a kill at 4 s", "2 poison devices", "8 sent twice". Empty if all is calm. */
export function troublesText({ plan, killsAtSeconds: kills, outage, sentTwice }: TrialView): string[] {
  return [
    ...(kills.length === 1 ? [`a kill at ${kills[0]} s`] : []),
    ...(kills.length > 1 ? [`kills at ${kills.join(", ")} s`] : []),
    ...(outage === undefined ? [] : [`an outage from ${outage.fromSecond} to ${outage.toSecond} s`]),
    ...(plan.poison.length === 0 ? [] : [counted(plan.poison.length, "poison device")]),
    ...(sentTwice === 0 ? [] : [`${sentTwice} sent twice`]),
  ];
}

/** Follows response times that a saturated machine has spoiled. {@link saturatedSentence} explains it. */
export const saturationMark = (saturatedShare: number | undefined): string =>
  saturatedShare === undefined ? "" : "*";

/** Explains the mark, for shares of which some are marked. Undefined if none is. */
export function saturatedSentence(saturatedShares: readonly (number | undefined)[]): string | undefined {
  const most = Math.max(0, ...saturatedShares.map((share) => share ?? 0));
  return most === 0
    ? undefined
    : `* The machine was saturated (${Math.round(100 * most)} % busy): these answers waited for it, too.`;
}

/** Where it was measured: this machine, unless a note says otherwise. */
export const placeText = ({ onAccount }: ResultsView): string =>
  `not AWS latencies${onAccount ? ", but for 08 aws" : ""}`;

/** "02 and 04", "03 to 07+key": rows in order, with three or more neighbours of `order` as a span. */
export function rowsInWords(ids: readonly string[], order: readonly string[]): string {
  const spans: string[][] = [];
  for (const id of order.filter((each) => ids.includes(each))) {
    const span = spans.at(-1);
    const before = order[order.indexOf(id) - 1];
    // Only numbers make a span: a lab has no place between two chapters.
    const isNumbered = /^\d/.test(id) && /^\d/.test(before ?? "");
    if (span !== undefined && isNumbered && span.at(-1) === before) {
      span.push(id);
    } else {
      spans.push([id]);
    }
  }
  return listed(
    spans.flatMap((span) => (span.length < 3 ? span : [`${span[0]}\u00A0to\u00A0${span[span.length - 1]}`])),
  );
}

/** What was done, and that it isn't AWS, for below every title. */
export function loadNote(view: ResultsView, trial: TrialView): string {
  const { plan } = trial;
  const runs = plan.runs > 1 ? `, ${plan.runs} runs` : "";
  return [
    `${plan.customers} customers, ${rateText(plan)}${runs}`,
    (trial.part === "day" ? troublesText(trial) : troublesInBrief(trial)).join(", ") || "no trouble",
    machineNote(view),
  ].join("; ");
}

/** Where it was measured, and that it is not a figure of AWS. */
export const machineNote = (view: ResultsView): string =>
  `embedded AWS on ${counted(view.environment.cores, "core")}, ${placeText(view)}`;

// A storm has too many troubles for their times, which its picture shows.
function troublesInBrief({ plan, killsAtSeconds, outage }: TrialView): string[] {
  const kills = killsAtSeconds.length;
  return [
    ...(kills === 0 ? [] : [counted(kills, "kill")]),
    ...(outage === undefined ? [] : [`an outage of ${outage.toSecond - outage.fromSecond} s`]),
    ...(plan.poison.length === 0 ? [] : [`${plan.poison.length} poison devices`]),
  ];
}
