import type { Plan, Run } from "#shared/results.ts";
import { hasQueue } from "#shared/run/outputs.ts";
import { changeWeather, usualWeather } from "#shared/vendor-simulator/weather.ts";
import type { Weather } from "#shared/vendor-simulator/weather.ts";
import { untilQuiet } from "./activity.ts";
import { readEvidence } from "./evidence.ts";
import { lookAt, watch } from "./look.ts";
import type { Row } from "../plan/plan.ts";
import { warmUpSize } from "../plan/plan.ts";
import type { RunningChapter, StartOptions } from "./running.ts";
import { arrivals } from "../plan/schedule.ts";
import type { Sender } from "../load/open-loop/sender.ts";
import { summarize } from "../figures/summary.ts";
import { lastTroubleMs, makeTrouble } from "./troubles.ts";
import { activationsUrl, headersOf, requestFor, warmUp, warmUpDevices } from "./warm-up.ts";

interface TrialOptions {
  row: Row;
  plan: Plan;
  seed: number;
  place: number;
  /** Started as {@link trialStart} says; it is stopped here. */
  running: RunningChapter;
  /** It has been warmed up already. */
  isWarm?: boolean;
  sender: Sender;
  onStage: (stage: string) => void;
  /** The machine has time for something else now: all customers have come, and little is left to see. */
  onSpareTime?: () => void;
  /** That moment comes so long before the end at the latest, but never before the last customer was answered. */
  spareMs?: number;
  signal: AbortSignal;
}

/** The weather of a row's trial, before its poison. */
const weatherOf = (row: Row, plan: Plan, seed: number): Weather =>
  changeWeather(usualWeather, { ...plan.weather, ...row.weather, seed });

/** How a chapter is started for its trial. */
export function trialStart(row: Row, plan: Plan, seed: number): Omit<StartOptions, "onLine"> {
  return {
    folder: row.folder,
    // The warm-up is about our own processes: the vendor is as quick as it can be meanwhile.
    weather: { ...weatherOf(row, plan, seed), medianMs: 1, p99Ms: 3 },
    // The customers', and behind them the warm-up's: a small inventory is seeded sooner.
    devices: plan.customers + warmUpSize,
    consumers: true,
    ...(row.parameters && { parameters: row.parameters }),
    ...(row.maximumConcurrency !== undefined && { maximumConcurrency: row.maximumConcurrency }),
  };
}

/** Makes a chapter that was started for a trial work some times, as it must have before the trial. */
export function warmUpFor(
  plan: Plan,
  { running, sender, signal }: Pick<TrialOptions, "running" | "sender" | "signal">,
): Promise<void> {
  return warmUp({ running, sender, firstDevice: plan.customers, repeats: plan.warmUpRepeats, signal });
}

/** The run, or what kept its ledger from balancing. */
export type TrialResult = { run: Run; imbalances: string[]; overrides: Record<string, string> };

/** One chapter lives through a plan in fresh processes: a warm-up, the customers and the troubles, a drain, the ledger. */
export async function liveThrough(options: TrialOptions): Promise<TrialResult> {
  const { row, plan, seed, running, onStage, signal } = options;
  try {
    signal.throwIfAborted();
    if (options.isWarm !== true) {
      onStage("warming up");
      await warmUpFor(plan, options);
    }
    await running.vendor.setWeather({ ...weatherOf(row, plan, seed), poison: plan.poison });
    if (hasQueue(running.outputs)) {
      await running.aws.deliverTwice(plan.everyNthTwice, plan.duplicateDelaysMs);
    }
    onStage(plan.name);
    return await theTrial(options);
  } finally {
    await running.stop();
  }
}

async function theTrial(options: TrialOptions): Promise<TrialResult> {
  const { plan, seed, running, sender, signal } = options;
  const startedAt = new Date();
  const moments = arrivals(plan.phases, seed);
  const requests = moments.map((dueMs, index) => requestFor(index, dueMs));
  const startAtMs = performance.now() + 100;
  // The servers write down moments by the calendar's clock: this machine's, or one of which the difference is known.
  const startAtWallMs = Date.now() + 100 + (running.clockAheadMs ?? 0);

  const watching = watch({
    running,
    everyMs: plan.sampleEveryMs && (running.settle?.everyMs ?? plan.sampleEveryMs),
    startAtMs,
    signal,
  });
  const { sent, trouble, drain, samples } = await (async () => {
    try {
      const [sent, trouble] = await bothOrNeither(signal, (both) => [
        sender.send({
          url: activationsUrl(running),
          ...headersOf(running),
          requests,
          startAtMs,
          signal: both,
        }),
        makeTrouble({ plan, startAtMs, running, signal: both }),
      ]);
      const drain = await drained(options, startAtMs, moments.at(-1) ?? 0);
      return { sent, trouble, drain, samples: await watching.samples() };
    } finally {
      watching.stop();
    }
  })();

  options.onStage("reading the ledger");
  await running.setConsumers(false);
  if (drain.endedBy === "limit") {
    // A call that was started runs to its end though nobody waits for it.
    const look = async () => ({ ...(await lookAt(running)).activity, queued: 0 });
    await untilQuiet({
      look,
      notBeforeMs: 0,
      limitAtMs: performance.now() + 10_000,
      signal,
      ...running.settle,
    });
  }
  const { vendor, connectionsRefused, ...evidence } = await readEvidence(running);

  const { run, imbalances } = summarize({
    startedAt,
    seed,
    place: options.place,
    plan,
    moments,
    requests,
    sent,
    ...trouble,
    samples,
    drain,
    startAtWallMs,
    ...(connectionsRefused !== undefined && { connectionsRefused }),
    vendorCallsAtMs: vendor.calls.map(({ startedAtMs }) => startedAtMs - startAtWallMs),
    evidence: { ...evidence, vendor, warmUpDevices: new Set(warmUpDevices(plan.customers)) },
  });
  return { run, imbalances, overrides: running.overrides };
}

/** Waits until nothing can change any more, or for the plan's end. */
async function drained(options: TrialOptions, startAtMs: number, lastMs: number): Promise<Run["drain"]> {
  const { plan, running, signal, onStage, onSpareTime = () => {}, spareMs = Infinity } = options;
  onStage("draining");
  const limitAtMs = startAtMs + plan.horizonMs;
  const look = async () => (await lookAt(running)).activity;
  // The last copy may still be on its way, and no queue shows it; and what is poison may be healed later.
  const longestCopyMs = Math.max(0, ...plan.duplicateDelaysMs) + 100;
  const notBeforeMs =
    startAtMs + (hasQueue(running.outputs) ? Math.max(lastMs + longestCopyMs, lastTroubleMs(plan)) : lastMs);

  const spareAtMs = limitAtMs - spareMs;
  let endedBy = await untilQuiet({
    look,
    notBeforeMs,
    limitAtMs: Math.min(spareAtMs, limitAtMs),
    signal,
    ...running.settle,
  });
  onSpareTime();
  if (endedBy === "limit") {
    endedBy = await untilQuiet({ look, notBeforeMs, limitAtMs, signal, ...running.settle });
  }
  return { endedBy, endedMs: performance.now() - startAtMs };
}

/** Waits for both; if one fails, the other is stopped and waited for too. */
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
