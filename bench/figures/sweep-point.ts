import type { Phase, SweepPoint } from "#shared/results.ts";
import type { Answer, OpenLoopResult } from "../load/open-loop/sender.ts";
import { quantiles } from "./statistics.ts";
import { senderOf } from "./summary.ts";

interface PointFacts {
  phase: Phase;
  sent: OpenLoopResult;
  /** When the device of each answer's customer began to work, counted from the start; null: not yet. */
  activeMs: readonly (number | null)[];
  /** When it was looked at for the last time. */
  watchedUntilMs: number;
  /** The median activation time at the lowest rate of the same chapter; undefined: this is that rate. */
  calmMs: number | undefined;
}

/** The figures of one arrival rate. */
export function pointOf({ phase, sent, activeMs, watchedUntilMs, calmMs }: PointFacts): SweepPoint {
  const { answers } = sent;
  const lastMs = answers.at(-1)?.dueMs ?? 0;
  const isAccepted = ({ outcome }: Answer) => outcome === "accepted" || outcome === "repeated";
  const customers = answers.map((answer, at) => ({
    ...answer,
    accepted: isAccepted(answer),
    // What came after the last look was done by a vendor in haste.
    activeMs: (activeMs[at] ?? Infinity) <= watchedUntilMs ? (activeMs[at] ?? null) : null,
  }));

  const accepted = customers.filter((customer) => customer.accepted);
  const answeredAfterMs = accepted.flatMap(({ answeredMs, dueMs }) =>
    answeredMs === null ? [] : [answeredMs - dueMs],
  );
  const worksAfterMs = accepted.flatMap((each) =>
    each.activeMs === null ? [] : [Math.max(each.activeMs - each.dueMs, 0)],
  );
  const response = quantiles({
    finishedMs: answeredAfterMs,
    never: customers.length - answeredAfterMs.length,
  });
  const watchedMs = Math.max(watchedUntilMs - lastMs, 0);
  const activation = quantiles({
    finishedMs: worksAfterMs,
    never: accepted.length - worksAfterMs.length,
    ...(accepted.length > worksAfterMs.length && { watchedMs }),
  });
  const unfinished = accepted.filter((each) => each.activeMs === null || each.activeMs > lastMs).length;
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
    reasons,
  };
}

const errorsAllowed = 0.01;

/**
 * Whether as much was done as came. By Little's law a steady flow holds as many customers as come in the time that one of
 * them takes; here twice that is allowed, and three times the chance with which a count of arrivals varies. More were left
 * behind. A vendor that refuses what is too much keeps the line short, so that errors tell.
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
