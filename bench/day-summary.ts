import type { CustomerDay, DayRun, Kill, Load } from "#shared/results.ts";
import { reasonsForDistrust } from "./clock.ts";
import type { ClockReport } from "./clock.ts";
import { balance } from "./ledger.ts";
import type { Evidence } from "./ledger.ts";
import type { Answer } from "./open-loop.ts";
import { quantiles } from "./statistics.ts";

interface DayFacts {
  startedAt: Date;
  place: number;
  load: Load;
  /** When each customer's request was due. */
  moments: readonly number[];
  requests: readonly { customerId: string; macAddress: string }[];
  answers: readonly Answer[];
  clock: ClockReport;
  kills: Kill[];
  drain: DayRun["drain"];
  /** The day's start by the calendar's clock. */
  startAtWallMs: number;
  evidence: Omit<Evidence, "requests">;
}

/** Puts together what happened to whom, with the ledger that says whether it can be true. */
export function summarize(facts: DayFacts): { run: DayRun; imbalances: string[] } {
  const { load, moments, requests, answers } = facts;
  const asked = requests.map((request, at) => {
    const { outcome = "unanswered", eventId, problem } = answers[at] ?? {};
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
      answeredMs: answers[at]?.answeredMs ?? null,
      activeMs: activatedAtMs === null ? null : activatedAtMs - facts.startAtWallMs,
      outcome,
      fate,
      provisionedCount,
      poison: load.poison.includes(macAddress),
    };
  });

  const late = answers.map(({ lateMs }) => lateMs);
  const lateness = quantiles({ finishedMs: late, never: 0 });
  const lateMaxMs = lateness.maxMs ?? 0;
  const reasons = reasonsForDistrust(facts.clock, lateMaxMs);
  const run: DayRun = {
    startedAt: facts.startedAt.toISOString(),
    place: facts.place,
    response: responseOf(customers),
    activation: activationOf(customers, load, moments),
    ledger: entries,
    sender: { ...(typeof lateness.p99Ms === "number" && { lateP99Ms: lateness.p99Ms }), lateMaxMs },
    drain: facts.drain,
    kills: facts.kills,
    trustworthy: reasons.length === 0,
    reasons,
    customers,
  };
  return { run, imbalances };
}

/** Every request counts. An error, however fast it comes, is no answer to what was asked. */
function responseOf(customers: readonly CustomerDay[]) {
  const finishedMs = customers.flatMap(({ startMs, answeredMs, outcome }) =>
    answeredMs !== null && (outcome === "accepted" || outcome === "repeated") ? [answeredMs - startMs] : [],
  );
  return quantiles({ finishedMs, never: customers.length - finishedMs.length });
}

/** Every accepted activation counts. */
function activationOf(customers: readonly CustomerDay[], load: Load, moments: readonly number[]) {
  const accepted = customers.filter(({ fate }) => fate !== "refused");
  // By two clocks of one machine: a device can't work before it was asked for.
  const finishedMs = accepted.flatMap(({ startMs, activeMs }) =>
    activeMs === null ? [] : [Math.max(activeMs - startMs, 0)],
  );
  const never = accepted.length - finishedMs.length;
  // Who still waits may be served later: it is only known for how long they were watched, the last one least of all.
  const waits = accepted.some(({ fate }) => fate === "waiting");
  const watchedMs = Math.max(load.horizonMs + (moments[0] ?? 0) - (moments.at(-1) ?? 0), 0);
  return quantiles({ finishedMs, never, ...(waits && { watchedMs }) });
}
