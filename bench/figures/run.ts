import type { CustomerDay, ProcessorUse, Run, Runs, Second } from "#shared/results.ts";
import { reasonsForDistrust } from "../load/clock.ts";
import type { OpenLoopResult } from "../load/sender.ts";
import { isAccepted } from "../trial/ledger.ts";
import type { TrialResult } from "../trial/trial.ts";
import { median, percentiles, quantiles, range } from "./statistics.ts";

/** The figures of one run of a trial. `place` is its place in its round, from 1. */
export function runOf(trial: TrialResult, place: number): Run {
  const { plan, customers, drain, sent } = trial;
  const { sender, reasons } = senderOf(sent);
  const response = responseSamples(customers);
  // A thousand customers are too many to keep for every run. The short day has few enough.
  const isWatched = plan.sampleEveryMs !== undefined;
  return {
    startedAt: trial.startedAt.toISOString(),
    seed: trial.seed,
    place,
    response: quantiles(response),
    activation: activationOf(customers, plan.horizonMs),
    ledger: trial.ledger,
    sender,
    ...(trial.processor && { processor: withSender(trial.processor, sender) }),
    drain,
    kills: trial.kills,
    ...(trial.unheard !== undefined && { unheard: trial.unheard }),
    trustworthy: reasons.length === 0,
    reasons,
    percentiles: percentiles(response),
    customers: isWatched ? [] : customers,
    seconds: isWatched ? secondsFrom(customers, trial.vendorCallsAtMs, drain.endedMs) : [],
    samples: trial.samples,
    ...(trial.connectionsRefused !== undefined && { connectionsRefused: trial.connectionsRefused }),
    ...(trial.beforeRedrive !== undefined && { beforeRedrive: trial.beforeRedrive }),
  };
}

/** The sender's figures, and why they are not reliable, if they aren't. */
export function senderOf({ answers, clock, cpuShare }: OpenLoopResult) {
  const late = quantiles({ finishedMs: answers.map(({ lateMs }) => lateMs), never: 0 });
  const sender: Run["sender"] = {
    ...(typeof late.p99Ms === "number" && { lateP99Ms: late.p99Ms }),
    lateMaxMs: late.maxMs ?? 0,
    cpuShare,
  };
  return { late, sender, reasons: reasonsForDistrust(clock, late) };
}

/** Adds the CPU time of the sender's process to that of the others. */
export const withSender = (
  { ofOneCore, ...processor }: ProcessorUse,
  { cpuShare }: Pick<Run["sender"], "cpuShare">,
): ProcessorUse => ({ ...processor, ofOneCore: { sender: cpuShare, ...ofOneCore } });

/** Every request counts. An error is not an answer, however fast it comes. */
export function responseSamples(
  customers: readonly Pick<CustomerDay, "startMs" | "answeredMs" | "outcome">[],
) {
  const finishedMs = customers.flatMap(({ startMs, answeredMs, outcome }) =>
    answeredMs !== null && isAccepted(outcome) ? [answeredMs - startMs] : [],
  );
  return { finishedMs, never: customers.length - finishedMs.length };
}

/** Every accepted activation counts. */
export function activationSamples(accepted: readonly Pick<CustomerDay, "startMs" | "activeMs">[]) {
  // By two clocks of one machine: a device can't work before the request for it.
  const finishedMs = accepted.flatMap(({ startMs, activeMs }) =>
    activeMs === null ? [] : [Math.max(activeMs - startMs, 0)],
  );
  return { finishedMs, never: accepted.length - finishedMs.length };
}

function activationOf(customers: readonly CustomerDay[], horizonMs: number) {
  const accepted = customers.filter(({ fate }) => fate !== "refused");
  // A waiting customer may be served later. We only know how long each was watched, the last one the shortest.
  const waits = accepted.some(({ fate }) => fate === "waiting");
  const [firstMs, lastMs] = [customers[0]?.startMs ?? 0, customers.at(-1)?.startMs ?? 0];
  const watchedMs = Math.max(horizonMs + firstMs - lastMs, 0);
  return quantiles({ ...activationSamples(accepted), ...(waits && { watchedMs }) });
}

/** What happened in each second, from the first customer to the end. */
export function secondsFrom(
  customers: readonly CustomerDay[],
  vendorCallsAtMs: readonly number[],
  endMs: number,
): Second[] {
  const inSecond = (ms: number | null, second: number) => ms !== null && Math.floor(ms / 1_000) === second;
  return Array.from({ length: Math.ceil(endMs / 1_000) }, (_, atSecond) => {
    const came = customers.filter(({ startMs }) => inSecond(startMs, atSecond));
    const response = responseSamples(came);
    const { p50Ms, maxMs } = quantiles(response);
    return {
      atSecond,
      arrivals: came.length,
      errors: response.never,
      responseP50Ms: rounded(p50Ms),
      responseMaxMs: rounded(maxMs),
      activated: customers.filter(({ activeMs }) => inSecond(activeMs, atSecond)).length,
      vendorCalls: vendorCallsAtMs.filter((ms) => inSecond(ms, atSecond)).length,
    };
  });
}

const rounded = (ms: number | null) => (ms === null ? null : Math.round(ms * 100) / 100);

/** Runs of one plan with their medians and ranges. Undefined if there are none. */
export function summedUp(runs: Run[]): Runs | undefined {
  if (runs.length === 0) {
    return undefined;
  }
  const each = <Figure>(summary: (values: (number | null)[]) => Figure) => {
    const of = (clock: "response" | "activation") => {
      const p99s = runs.flatMap((run) => (run[clock].p99Ms === undefined ? [] : [run[clock].p99Ms]));
      return {
        p50Ms: summary(runs.map((run) => run[clock].p50Ms)),
        // A p99 of some runs would not be one of all runs.
        ...(p99s.length === runs.length && { p99Ms: summary(p99s) }),
        maxMs: summary(runs.map((run) => run[clock].maxMs)),
      };
    };
    return { response: of("response"), activation: of("activation") };
  };
  return { runs, median: each(median), range: each(range) };
}
