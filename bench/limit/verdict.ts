import type { Limit, LimitProbe } from "#shared/limit.ts";
import type { Phase } from "#shared/results.ts";
import { reasonsForDistrust } from "../load/clock.ts";
import type { OpenLoopResult } from "../load/sender.ts";
import { spoken } from "../figures/format.ts";

export type Promised = Limit["promised"];

/** What a probe saw of one customer. Times count from its start. */
export interface Seen {
  dueMs: number;
  /** Whether the answer was the expected one. */
  isAccepted: boolean;
  answeredMs: number | null;
  /** When the device began to work. Absent if there is no second clock. */
  activeMs?: number | null;
}

/** One in twenty customers may miss a promise, and one of a few may have bad luck. */
const missesAllowed = (of: number) => Math.max(1, Math.floor(of / 20));
const share = 0.95;

/** Whether a rate kept the promise: 95 % in time by each clock, and no growing backlog. */
export function judge(
  customers: readonly Seen[],
  promised: Promised,
  { perSecond, seconds }: Phase,
  doubt?: string,
): LimitProbe {
  const { answeredMs, worksMs } = promised;
  const answered = inTime(
    customers.map((each) =>
      each.isAccepted && each.answeredMs !== null ? each.answeredMs - each.dueMs : null,
    ),
    answeredMs,
  );
  const accepted = customers.filter((each) => each.isAccepted);
  const works =
    worksMs === undefined
      ? undefined
      : inTime(
          accepted.map(({ dueMs, activeMs = null }) => (activeMs === null ? null : activeMs - dueMs)),
          worksMs,
        );
  const doneMs = accepted.map((each) => (worksMs === undefined ? each.answeredMs : (each.activeMs ?? null)));
  const waitingAt = (ms: number) =>
    accepted.filter(({ dueMs }, at) => dueMs <= ms && (doneMs[at] ?? Infinity) > ms).length;
  const backlog = { middle: waitingAt(seconds * 500), end: waitingAt(seconds * 1_000) };

  const missesAnswer = isBroken(answered) || (works === undefined && grows(backlog, perSecond, seconds));
  const missesWorks = works !== undefined && (isBroken(works) || grows(backlog, perSecond, seconds));
  const kept = !missesAnswer && !missesWorks;
  return {
    perSecond,
    seconds,
    kept,
    answered,
    ...(works && { works }),
    backlog,
    donePerSecond: doneMs.filter((ms) => ms !== null && ms <= seconds * 1_000).length / seconds,
    ...(!kept && { broke: missesAnswer && missesWorks ? "both" : missesAnswer ? "answered" : "works" }),
    // A rate that was kept with a late sender would also be kept with a punctual one.
    ...(!kept && doubt !== undefined && { doubt }),
  };
}

function inTime(tookMs: readonly (number | null)[], withinMs: number): LimitProbe["answered"] {
  const sorted = tookMs.map((ms) => ms ?? Infinity).toSorted((left, right) => left - right);
  const p95Ms = sorted[Math.ceil(share * sorted.length) - 1] ?? Infinity;
  return {
    inTime: sorted.filter((ms) => ms <= withinMs).length,
    of: sorted.length,
    p95Ms: Number.isFinite(p95Ms) ? Math.max(p95Ms, 0) : null,
  };
}

const isBroken = (clock: LimitProbe["answered"]) => clock.of - clock.inTime > missesAllowed(clock.of);

/**
 * Whether the second half left more behind than the first one: more than chance, which is the square root of how many wait, come and
 * go, and more than a tenth of those who came in it.
 */
function grows({ middle, end }: LimitProbe["backlog"], perSecond: number, seconds: number): boolean {
  const chance = 3 * Math.sqrt(middle + 1);
  return end - middle > Math.max(chance, 0.1 * perSecond * (seconds / 2));
}

// Being late by a tenth of the promise may decide whether it was kept.
const lateAllowed = 0.1;

/** Why the measurement says nothing about the system: the sender was late, or the machine slept. Undefined if all was well. */
export function doubtAbout(
  { answers, clock }: Pick<OpenLoopResult, "answers" | "clock">,
  promised: Promised,
) {
  const { p95Ms } = inTime(
    answers.map(({ lateMs }) => lateMs),
    Infinity,
  );
  const isLate = (p95Ms ?? 0) > lateAllowed * promised.answeredMs;
  const reasons = [
    ...(isLate ? [`the sender was late: one of twenty requests by ${spoken(p95Ms ?? 0)} or more`] : []),
    ...reasonsForDistrust(clock, { maxMs: 0, count: 0 }),
  ];
  return reasons.length === 0 ? undefined : reasons.join("; ");
}
