import type { CustomerDay, LedgerEntries, Plan, Run } from "#shared/results.ts";
import type { Trace } from "#shared/trace.ts";
import { hasQueue } from "#shared/run/running-chapter.ts";
import type { ReachableChapter } from "#shared/run/running-chapter.ts";
import { requestFor } from "../load/answers.ts";
import type { OpenLoopResult, Sender } from "../load/sender.ts";
import { arrivals } from "../plan/arrivals.ts";
import type { Row } from "../plan/rows.ts";
import { readEvidence } from "./evidence.ts";
import { balance } from "./ledger.ts";
import { activationsOf, warmUp, warmUpDevices, weatherOf } from "./start.ts";
import { customersOf, traced } from "./traced.ts";
import { watchProcessor } from "./processor.ts";
import type { MachineTime } from "./processor.ts";
import { lastTroubleMs, makeTrouble } from "./troubles.ts";
import { unheardAttempts } from "./unheard.ts";
import { lookAt, untilQuiet, watch } from "./watching.ts";

interface TrialOptions {
  row: Row;
  plan: Plan;
  seed: number;
  /** Started as `trialStart` says. It is stopped here. */
  running: ReachableChapter;
  /** It has been warmed up already. */
  isWarm?: boolean;
  sender: Sender;
  onStage: (stage: string) => void;
  /** All customers were answered, or never will be. */
  onSent?: (sent: OpenLoopResult) => void;
  /** The machine has spare time now: all customers have come, and little is left to see. */
  onSpareTime?: () => void;
  /** That moment comes this long before the end at the latest, but never before the last customer was answered. */
  spareMs?: number;
  /** Default: this machine's. */
  machine?: () => MachineTime;
  signal: AbortSignal;
}

/** What happened in a trial, before any figures are computed. */
export interface TrialResult extends Pick<
  Run,
  "seed" | "drain" | "kills" | "unheard" | "samples" | "beforeRedrive" | "connectionsRefused" | "processor"
> {
  startedAt: Date;
  plan: Plan;
  /** In the order in which they came. */
  customers: CustomerDay[];
  sent: OpenLoopResult;
  /** When each vendor call began, counted from the start. */
  vendorCallsAtMs: number[];
  ledger: LedgerEntries;
  /** Why the ledger doesn't balance, or differs from the trace's. Empty if all is well. */
  imbalances: string[];
  trace?: Trace;
  /** Why there is no trace, or no ledger from it. */
  whyNoTrace?: string;
}

/** One chapter runs a plan in fresh processes: a warm-up, the customers and the troubles, a drain, the ledger. */
export async function liveThrough(options: TrialOptions): Promise<TrialResult> {
  const { row, plan, seed, running, sender, onStage, signal } = options;
  try {
    signal.throwIfAborted();
    if (options.isWarm !== true) {
      onStage("warming up");
      const { customers: firstDevice, warmUpRepeats: repeats } = plan;
      await warmUp({ running, sender, firstDevice, repeats, signal });
    }
    if (!("whyNone" in running.trace)) {
      await running.trace.begin();
    }
    await running.vendor.setWeather({ ...weatherOf(row, plan, seed), poison: plan.poison });
    if (hasQueue(running)) {
      await running.aws.deliverTwice(plan.everyNthTwice, plan.duplicateDelaysMs);
    }
    onStage(plan.name);
    return await theTrial(options);
  } finally {
    await running.stop();
  }
}

async function theTrial(options: TrialOptions): Promise<TrialResult> {
  const { row, plan, seed, running } = options;
  const startedAt = new Date();
  const requests = arrivals(plan.phases, seed).map((dueMs, index) => requestFor(index, dueMs));
  const startAtMs = performance.now() + 100;
  // The servers record moments by the calendar's clock: this machine's, or one whose difference is known.
  const startAtWallMs = Date.now() + 100 + (running.clockAheadMs ?? 0);

  const { sent, drain, ...seen } = await sendAndWatch(options, requests, startAtMs);
  options.onStage("reading the ledger");
  const { vendor, timeouts, connectionsRefused, ...evidence } = await evidenceAtRest(options, drain.endedBy);

  const asked = requests.map(({ customerId, macAddress, dueMs }, at) => {
    const unanswered = { outcome: "unanswered" as const, answeredMs: null };
    return { ...(sent.answers[at] ?? unanswered), customerId, macAddress, dueMs };
  });
  const atWarmUp = new Set(warmUpDevices(plan.customers));
  const ledger = balance({ ...evidence, vendor, requests: asked, warmUpDevices: atWarmUp });
  const { entries, fates, imbalances } = ledger;
  const startedAtMs = performance.timeOrigin + startAtMs;
  const { differences, trace, whyNone } = await traced({
    running,
    about: { row: row.id, plan: plan.name, seed },
    startedAtMs,
    customers: customersOf(requests, sent, startedAtMs),
    ledger,
    warmUpDevices: atWarmUp,
  });
  const customers = asked.map(({ customerId, macAddress, dueMs, answeredMs, outcome }, at): CustomerDay => {
    const { fate = "refused", activatedAtMs = null, provisionedCount = 0 } = fates[at] ?? {};
    return {
      customerId,
      macAddress,
      startMs: dueMs,
      answeredMs,
      activeMs: activatedAtMs === null ? null : activatedAtMs - startAtWallMs,
      outcome,
      fate,
      provisionedCount,
      poison: plan.poison.includes(macAddress),
    };
  });
  return {
    startedAt,
    seed,
    plan,
    customers,
    sent,
    drain,
    ...seen,
    unheard: unheardAttempts({ kills: seen.kills, vendor, timeouts }),
    vendorCallsAtMs: vendor.calls.map(({ startedAtMs }) => startedAtMs - startAtWallMs),
    ledger: entries,
    imbalances: [...imbalances, ...differences],
    ...(trace && { trace }),
    ...(whyNone !== undefined && { whyNoTrace: whyNone }),
    ...(connectionsRefused !== undefined && { connectionsRefused }),
  };
}

/** Sends the customers, causes the plan's troubles, and watches until nothing can change any more or the plan's time is over. */
async function sendAndWatch(
  options: TrialOptions,
  requests: readonly ReturnType<typeof requestFor>[],
  startAtMs: number,
) {
  const { plan, running, sender, signal, machine } = options;
  const watching = watch({
    running,
    everyMs: plan.sampleEveryMs && (running.settle?.everyMs ?? plan.sampleEveryMs),
    startAtMs,
    signal,
  });
  try {
    const { phases } = plan;
    const [sent, [trouble, processor]] = await bothOrNeither(signal, (both) => {
      const { note, use } = watchProcessor({
        running,
        phases,
        startAtMs,
        signal: both,
        ...(machine && { machine }),
      });
      return [
        sender.send({ ...activationsOf(running), requests, startAtMs, signal: both }),
        Promise.all([makeTrouble({ plan, startAtMs, running, signal: both, beforeKill: note }), use]),
      ];
    });
    options.onSent?.(sent);
    const drain = await drained(options, startAtMs, requests.at(-1)?.dueMs ?? 0);
    return { sent, ...trouble, processor, drain, samples: await watching.samples() };
  } finally {
    watching.stop();
  }
}

/** Waits until nothing can change any more, or for the plan's end. */
async function drained(options: TrialOptions, startAtMs: number, lastMs: number): Promise<Run["drain"]> {
  const { plan, running, signal, onStage, onSpareTime = () => {}, spareMs = Infinity } = options;
  onStage("draining");
  const limitAtMs = startAtMs + plan.horizonMs;
  const look = async () => (await lookAt(running)).activity;
  // The last copy may be on its way without being in any queue, and what is poison may be healed later.
  const longestCopyMs = Math.max(0, ...plan.duplicateDelaysMs) + 100;
  const notBeforeMs =
    startAtMs + (hasQueue(running) ? Math.max(lastMs + longestCopyMs, lastTroubleMs(plan)) : lastMs);
  const quietBy = (byMs: number) =>
    untilQuiet({ look, notBeforeMs, limitAtMs: byMs, signal, ...running.settle });

  let endedBy = await quietBy(limitAtMs - spareMs);
  onSpareTime();
  if (endedBy === "limit") {
    endedBy = await quietBy(limitAtMs);
  }
  return { endedBy, endedMs: performance.now() - startAtMs };
}

/** Everything but the answers, read when nothing is working any more. */
async function evidenceAtRest({ running, signal }: TrialOptions, endedBy: Run["drain"]["endedBy"]) {
  await running.setConsumers(false);
  if (endedBy === "limit") {
    // A call that has begun runs to its end, even if its caller is gone.
    const look = async () => ({ ...(await lookAt(running)).activity, queued: 0 });
    await untilQuiet({ look, limitAtMs: performance.now() + 10_000, signal, ...running.settle });
  }
  return await readEvidence(running);
}

/** Waits for both. If one fails, stops the other and waits for it too. */
async function bothOrNeither<First, Second>(
  signal: AbortSignal,
  begin: (signal: AbortSignal) => [Promise<First>, Promise<Second>],
): Promise<[First, Second]> {
  const failure = new AbortController();
  const tasks = begin(AbortSignal.any([signal, failure.signal]));
  try {
    return await Promise.all(tasks);
  } catch (error) {
    failure.abort(error);
    await Promise.allSettled(tasks);
    throw error;
  }
}
