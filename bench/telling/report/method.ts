import type { Plan, SweepPlan } from "#shared/results.ts";
import type { Weather } from "#shared/vendor-simulator/weather.ts";
import { capitalized, counted, spoken } from "../../figures/format.ts";
import type { ResultsView } from "../../figures/view.ts";
import { repeatedSentence } from "../sentences.ts";

/** How it was measured, in paragraphs. */
export function methodLines({ seed, weather, trials, sweep }: ResultsView): string[] {
  return [
    `Every row gets the same customers at the same moments, drawn from seed ${seed}, whatever the server does: the load ` +
      "comes from a process of its own, by a schedule that is fixed before. Each later run has the next seed, and begins " +
      "with another row.",
    ...Object.values(trials).flatMap(({ plan }) => planLines(plan, weather)),
    ...(sweep === undefined ? [] : [sweepLine(sweep.plan)]),
    "A response time counts from when the request should have been sent; an error or a cut connection is no answer and " +
      "counts as longer than anything. An activation time counts from the same moment until the device works; every " +
      "accepted activation is in it. p99 is shown from 500 samples on, p99.9 from 5,000; below, the slowest one.",
    "Each entry of the ledger has evidence of its own: the answers, the tables' rows, the messages in the queues, the " +
      "vendor's book. What doesn't add up is refused.",
    "Before each run every process is fresh and has been warmed up with requests that count nowhere. While one drains, the " +
      "next chapter's processes start, and those of a day warm up.",
    "The AWS is embedded, on this machine: there is no network and no second data centre in these times. Compare " +
      "chapters, not clouds.",
  ];
}

function planLines(plan: Plan, usual: Weather): string[] {
  const weather = { ...usual, ...plan.weather };
  const phases = plan.phases.map(({ perSecond, seconds }) => `${perSecond} a second for ${seconds} s`);
  const events = plan.events.map(({ atMs, does }) => `at ${atMs / 1_000} s ${inWords(does, plan)}`);
  const delays = plan.duplicateDelaysMs.join(", ");
  const poison =
    plan.poison.length === 0
      ? "Every device can be provisioned."
      : `${counted(plan.poison.length, "device")} can't be provisioned` +
        `${plan.healed.length > 0 ? `, ${plan.healed.length} of them until they are healed` : ""}.`;
  const copies =
    plan.everyNthTwice === 0
      ? "No message is doubled on order."
      : `Every ${plan.everyNthTwice}th message comes twice, the copy after ${delays} ms in turn.`;
  return [
    `${capitalized(plan.name)}: ${plan.customers} customers, ${phases.join(", then ")}. ` +
      `${events.length === 0 ? "Nothing fails" : capitalized(events.join("; "))}. ${poison} ${copies} It ends when nothing can change any more, or ${plan.horizonMs / 1_000} s after its beginning.`,
    `The vendor of ${plan.name}: median ${weather.medianMs} ms, p99 ${weather.p99Ms} ms, ${weather.capacity} calls at ` +
      `once, a line of ${weather.line} behind them; its delays are drawn from the seed and the device, so that every ` +
      "row meets the same.",
  ];
}

function inWords(does: Plan["events"][number]["does"], { healed }: Plan): string {
  switch (does) {
    case "kill-worker":
      return (
        "what does the work is killed (kill -9: the API in 01 and 02, the worker in 03, a function that has the vendor " +
        "on the line from 04 on)"
      );
    case "kill-api":
      return "the API is killed";
    case "outage-begins":
      return "the vendor begins to refuse every call";
    case "outage-ends":
      return "the vendor works again";
    case "heal-and-redrive":
      return healed.length === 0
        ? "what was set aside is brought back"
        : `${counted(healed.length, "device")} can be provisioned again and what was set aside is brought back`;
  }
}

function sweepLine({ phases, drainMs }: SweepPlan): string {
  const rates = phases.map(({ perSecond, seconds }) => `${perSecond} (${seconds} s)`);
  return (
    `The sweep: arrivals at ${rates.join(", ")} a second, one after the other, each watched for ` +
    `${drainMs / 1_000} s more. A rate has no steady state if more came than was done: then every figure depends ` +
    "on how long one looks."
  );
}

/** Whether the figures can be relied on, and what was made again until it could. */
export function trustLines(view: ResultsView): string[] {
  const repeated = repeatedSentence(view.repeats);
  const why = view.repeats.flatMap(({ name, discarded }) =>
    discarded.map(({ reasons }, at) => `${name}, try ${at + 1}: ${reasons.join("; ")}.`),
  );
  return [...relianceLines(view), ...(repeated === undefined ? [] : [repeated, ...why])];
}

/** Every reason against the figures, or what speaks for them. */
export function relianceLines({ complete, doubts, trials, sweep }: ResultsView): string[] {
  if (doubts.length > 0 || !complete) {
    return [
      ...(complete ? [] : ["Not everything was measured: the benchmark was stopped, or a part failed."]),
      ...doubts.map(({ reason }) => `Don't trust ${reason}.`),
    ];
  }
  const runs = Object.values(trials).flatMap(({ rows }) => rows.flatMap((row) => row.runs));
  const points = sweep?.rows.flatMap((row) => row.points) ?? [];
  const senders = [...runs, ...points].map(({ sender }) => sender);
  const late = spoken(Math.max(0, ...senders.map(({ lateMaxMs }) => lateMaxMs)));
  const p99s = senders.flatMap(({ lateP99Ms }) => lateP99Ms ?? []);
  const mostly = p99s.length > 0 ? `, and in 99 of 100 cases no more than ${spoken(Math.max(...p99s))}` : "";
  const share = Math.round(100 * Math.max(0, ...senders.map(({ cpuShare }) => cpuShare)));
  return [
    `Nothing speaks against these figures. The machine did not sleep and its clock was not set; the sender was late by ${late} ` +
      `at most${mostly}; it used ${share} % of one core at most. Every ledger balances.`,
  ];
}
