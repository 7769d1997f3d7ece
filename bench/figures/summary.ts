import type { CustomerDay, Kill, Plan, Run } from "#shared/results.ts";
import { reasonsForDistrust } from "../load/clock.ts";
import { balance } from "../trial/ledger.ts";
import type { Evidence } from "../trial/ledger.ts";
import { secondsFrom } from "./seconds.ts";
import type { OpenLoopResult } from "../load/open-loop/sender.ts";
import { percentiles, quantiles } from "./statistics.ts";

interface Facts extends Pick<
  Run,
  "seed" | "place" | "drain" | "samples" | "beforeRedrive" | "connectionsRefused"
> {
  startedAt: Date;
  plan: Plan;
  /** When each customer's request was due. */
  moments: readonly number[];
  requests: readonly { customerId: string; macAddress: string }[];
  sent: OpenLoopResult;
  kills: Kill[];
  /** The start by the calendar's clock. */
  startAtWallMs: number;
  /** When each call at the vendor began, counted from the start. */
  vendorCallsAtMs: readonly number[];
  evidence: Omit<Evidence, "requests">;
}

/** Puts together what happened to whom, with the ledger that says whether it can be true. */
export function summarize(facts: Facts): { run: Run; imbalances: string[] } {
  const { plan, moments, requests, sent } = facts;
  const asked = requests.map((request, at) => {
    const { outcome = "unanswered", eventId, problem } = sent.answers[at] ?? {};
    return {
      customerId: request.customerId,
      macAddress: request.macAddress,
      outcome,
      ...(eventId !== undefined && { eventId }),
      ...(problem !== undefined && { problem }),
    } as const;
  });
  const { entries, fates, imbalances } = balance({ ...facts.evidence, requests: asked });

  const customers = asked.map(({ customerId, macAddress, outcome }, at): CustomerDay => {
    const { fate = "refused", activatedAtMs = null, provisionedCount = 0 } = fates[at] ?? {};
    return {
      customerId,
      macAddress,
      startMs: moments[at] ?? 0,
      answeredMs: sent.answers[at]?.answeredMs ?? null,
      activeMs: activatedAtMs === null ? null : activatedAtMs - facts.startAtWallMs,
      outcome,
      fate,
      provisionedCount,
      poison: plan.poison.includes(macAddress),
    };
  });

  const { sender, reasons } = senderOf(sent);
  const response = responseSamples(customers);
  // A thousand customers are too many to keep for every run; the short day's are few enough.
  const isWatched = plan.sampleEveryMs !== undefined;
  const run: Run = {
    startedAt: facts.startedAt.toISOString(),
    seed: facts.seed,
    place: facts.place,
    response: quantiles(response),
    activation: activationOf(customers, plan, moments),
    ledger: entries,
    sender,
    drain: facts.drain,
    kills: facts.kills,
    trustworthy: reasons.length === 0,
    reasons,
    percentiles: percentiles(response),
    customers: isWatched ? [] : customers,
    seconds: isWatched ? secondsFrom(customers, facts.vendorCallsAtMs, facts.drain.endedMs) : [],
    samples: facts.samples,
    ...(facts.connectionsRefused !== undefined && { connectionsRefused: facts.connectionsRefused }),
    ...(facts.beforeRedrive !== undefined && { beforeRedrive: facts.beforeRedrive }),
  };
  return { run, imbalances };
}

/** How the sender did, and why its figures can't be relied on, if they can't. */
export function senderOf({ answers, clock, cpuShare }: OpenLoopResult): Pick<Run, "sender" | "reasons"> {
  const { count, p99Ms, maxMs } = quantiles({ finishedMs: answers.map(({ lateMs }) => lateMs), never: 0 });
  const late = { count, maxMs: maxMs ?? 0, ...(typeof p99Ms === "number" && { p99Ms }) };
  return {
    sender: {
      ...(typeof p99Ms === "number" && { lateP99Ms: p99Ms }),
      lateMaxMs: late.maxMs,
      cpuShare,
    },
    reasons: reasonsForDistrust(clock, late),
  };
}

/** Every request counts. An error, however fast it comes, is no answer to what was asked. */
function responseSamples(customers: readonly CustomerDay[]) {
  const finishedMs = customers.flatMap(({ startMs, answeredMs, outcome }) =>
    answeredMs !== null && (outcome === "accepted" || outcome === "repeated") ? [answeredMs - startMs] : [],
  );
  return { finishedMs, never: customers.length - finishedMs.length };
}

/** Every accepted activation counts. */
function activationOf(customers: readonly CustomerDay[], plan: Plan, moments: readonly number[]) {
  const accepted = customers.filter(({ fate }) => fate !== "refused");
  // By two clocks of one machine: a device can't work before it was asked for.
  const finishedMs = accepted.flatMap(({ startMs, activeMs }) =>
    activeMs === null ? [] : [Math.max(activeMs - startMs, 0)],
  );
  const never = accepted.length - finishedMs.length;
  // Who still waits may be served later: it is only known for how long they were watched, the last one least of all.
  const waits = accepted.some(({ fate }) => fate === "waiting");
  const watchedMs = Math.max(plan.horizonMs + (moments[0] ?? 0) - (moments.at(-1) ?? 0), 0);
  return quantiles({ finishedMs, never, ...(waits && { watchedMs }) });
}
