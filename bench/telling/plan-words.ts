import type { Plan, Results } from "#shared/results.ts";
import { counted } from "./format.ts";
import { accountNote } from "../plan/rows.ts";
import type { TrialPart } from "../plan/rows.ts";

/** The plan of the day or of another part, or an error that is a defect of ours: nothing is measured without one. */
export function planOf(results: Results, which: TrialPart = "day"): Plan {
  const plan = results.plans[which];
  if (plan === undefined) {
    throw new Error(`Expected results of a ${which}, which were not measured`);
  }
  return plan;
}

/** "10 a second", or "20 to 130 a second". */
export function rateText({ phases }: Plan): string {
  const rates = phases.map(({ perSecond }) => perSecond);
  const [least, most] = [Math.min(...rates), Math.max(...rates)];
  return least === most ? `${least} a second` : `${least} to ${most} a second`;
}

/** For how long customers come. */
export const secondsOf = ({ phases }: Plan): number => phases.reduce((sum, { seconds }) => sum + seconds, 0);

/** The moments of the kills in seconds, the first one first. */
export function killSeconds({ events }: Plan): number[] {
  return events.filter(({ does }) => does.startsWith("kill")).map(({ atMs }) => atMs / 1_000);
}

/** From when to when the vendor is down, in seconds; undefined if it never is. */
export function outageSeconds({ events }: Plan): { begin: number; end: number } | undefined {
  const [begins, ends] = (["outage-begins", "outage-ends"] as const).map(
    (does) => events.find((event) => event.does === does)?.atMs,
  );
  return begins === undefined || ends === undefined
    ? undefined
    : { begin: begins / 1_000, end: ends / 1_000 };
}

/** "a kill at 4 s, 2 poison devices, 8 sent twice"; nothing if all is calm. */
export function troublesText(plan: Plan): string[] {
  const kills = killSeconds(plan);
  const outage = outageSeconds(plan);
  return [
    ...(kills.length === 1 ? [`a kill at ${kills[0]} s`] : []),
    ...(kills.length > 1 ? [`kills at ${kills.join(", ")} s`] : []),
    ...(outage === undefined ? [] : [`an outage from ${outage.begin} to ${outage.end} s`]),
    ...(plan.poison.length === 0 ? [] : [counted(plan.poison.length, "poison device")]),
    ...(sentTwice(plan) === 0 ? [] : [`${sentTwice(plan)} sent twice`]),
  ];
}

/** How many messages come twice. */
export const sentTwice = ({ customers, everyNthTwice }: Plan): number =>
  everyNthTwice === 0 ? 0 : Math.floor(customers / everyNthTwice);

/** Where it was measured: this machine, but for what a note names. */
export const placeText = ({ notes }: Results): string =>
  `not AWS latencies${notes.some((note) => note.startsWith(accountNote)) ? ", but for 08 aws" : ""}`;
