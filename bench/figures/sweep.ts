import type { Phase, SweepPoint } from "#shared/results.ts";
import { isAccepted } from "../trial/ledger.ts";
import type { RateResult } from "../trial/rate.ts";
import { activationSamples, responseSamples, senderOf, withSender } from "./run.ts";
import { quantiles } from "./statistics.ts";

/** The figures of a row's arrival rates, the lowest first. */
export function sweepOf(rates: readonly RateResult[]): SweepPoint[] {
  const points: SweepPoint[] = [];
  for (const rate of rates) {
    // The median activation time at the lowest rate that has one.
    const calmMs = points.find(({ activation }) => activation.p50Ms !== null)?.activation.p50Ms;
    points.push(pointOf(rate, calmMs ?? undefined));
  }
  return points;
}

/** The figures of one arrival rate. Without `calmMs` it is the calm one. */
export function pointOf(rate: RateResult, calmMs?: number): SweepPoint {
  const { phase, sent, activeMs, watchedUntilMs, processor, discarded } = rate;
  const customers = sent.answers.map(({ outcome, dueMs, answeredMs }, at) => {
    // After the last look the vendor was in haste, so what came then doesn't count.
    const worksMs = (activeMs[at] ?? Infinity) <= watchedUntilMs ? (activeMs[at] ?? null) : null;
    return { outcome, startMs: dueMs, answeredMs, activeMs: worksMs };
  });
  const accepted = customers.filter(({ outcome }) => isAccepted(outcome));
  const lastMs = customers.at(-1)?.startMs ?? 0;
  const response = quantiles(responseSamples(customers));
  const works = activationSamples(accepted);
  const watchedMs = Math.max(watchedUntilMs - lastMs, 0);
  const activation = quantiles({ ...works, ...(works.never > 0 && { watchedMs }) });
  const unfinished = accepted.filter(({ activeMs: ms }) => ms === null || ms > lastMs).length;
  const errors = customers.length - accepted.length;
  const { sender, reasons } = senderOf(sent);
  return {
    ...phase,
    response,
    activation,
    errors,
    unfinished,
    steady: isSteady({ phase, unfinished, errors, calmMs: calmMs ?? activation.p50Ms ?? Infinity }),
    sender,
    ...(processor && { processor: withSender(processor, sender) }),
    reasons,
    ...(discarded && { discarded }),
  };
}

const errorsAllowed = 0.01;

/**
 * Whether as much was done as came. By Little's law a steady flow contains as many customers as come in the time that one of them
 * takes. Above twice that number, plus three standard deviations of the arrivals, the row falls behind. A vendor that refuses the
 * excess keeps its line short; then the errors show it.
 */
export function isSteady(point: {
  phase: Phase;
  unfinished: number;
  errors: number;
  calmMs: number;
}): boolean {
  const { phase, unfinished, errors, calmMs } = point;
  const inFlow = phase.perSecond * (calmMs / 1_000);
  const allowed = 2 * inFlow + 3 * Math.sqrt(inFlow) + 2;
  return unfinished <= allowed && errors <= errorsAllowed * phase.perSecond * phase.seconds;
}
