import type { Plan, Results } from "#shared/results.ts";
import { capitalized, counted, spoken } from "../format.ts";
import { distrusted } from "../../figures/trust.ts";
import type { TableData } from "./html.ts";
import { trialParts } from "../../plan/rows.ts";

/** How it was measured, in paragraphs. */
export function methodLines(results: Results): string[] {
  const { seed, plans } = results;
  const whole = trialParts.flatMap((part) => plans[part] ?? []);
  return [
    `Every row gets the same customers at the same moments, drawn from seed ${seed}, whatever the server does: the load ` +
      "comes from a process of its own, by a schedule that is fixed before. Each later run has the next seed, and begins " +
      "with another row.",
    ...whole.flatMap((plan) => planLines(plan, results)),
    ...sweepLines(results),
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

function planLines(plan: Plan, { weather: usual }: Results): string[] {
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

function sweepLines({ plans: { sweep } }: Results): string[] {
  if (sweep === undefined) {
    return [];
  }
  const rates = sweep.phases.map(({ perSecond, seconds }) => `${perSecond} (${seconds} s)`);
  return [
    `The sweep: arrivals at ${rates.join(", ")} a second, one after the other, each watched for ` +
      `${sweep.drainMs / 1_000} s more. A rate has no steady state if more came than was done: then every figure depends ` +
      "on how long one looks.",
  ];
}

/** What the words of the tables mean. */
export const meaningTable: TableData = {
  caption: "What is counted",
  head: ["Word", "Meaning"],
  words: true,
  headless: true,
  rows: [
    ["Error", "an answer that refuses or fails, or none: the customer got nothing"],
    ["Lost", "a ticket was handed out, and nobody will ever work on it"],
    ["Twice", "the vendor provisioned the device more than once"],
    ["Gave up", "it failed, and nobody will try again"],
    ["Set aside", "in the dead-letter queue, for a person to look at"],
    ["Waiting", "still in the queue, or in somebody's hands, when we stopped looking"],
    ["Never told", "the vendor provisioned the device, and nobody told the customer"],
    ["never, > 8s", "nobody will finish it; somebody still waited after 8 s"],
    ["Sender late", "how long after its moment a request was sent, at worst or in 99 of 100 cases"],
  ],
};

/** Whether the figures can be relied on: every reason against, or what speaks for them. */
export function trustLines({ chapters, complete }: Results): string[] {
  const reasons = distrusted(chapters);
  if (reasons.length > 0 || !complete) {
    return [
      ...(complete ? [] : ["Not everything was measured: the benchmark was stopped, or a part failed."]),
      ...reasons.map((reason) => `Don't trust ${reason}.`),
    ];
  }
  const senders = chapters.flatMap((row) =>
    [...trialParts.flatMap((part) => row[part]?.runs ?? []), ...(row.sweep ?? [])].map(
      ({ sender }) => sender,
    ),
  );
  const late = spoken(Math.max(0, ...senders.map(({ lateMaxMs }) => lateMaxMs)));
  const p99s = senders.flatMap(({ lateP99Ms }) => lateP99Ms ?? []);
  const mostly = p99s.length > 0 ? `, and in 99 of 100 cases no more than ${spoken(Math.max(...p99s))}` : "";
  const share = Math.round(100 * Math.max(0, ...senders.map(({ cpuShare }) => cpuShare)));
  return [
    `Nothing speaks against these figures. The machine did not sleep and its clock was not set; the sender was late by ${late} ` +
      `at most${mostly}; it used ${share} % of one core at most. Every ledger balances.`,
  ];
}
