import type { Discarded, Phase, ProcessorUse, SweepPlan } from "#shared/results.ts";
import type { ReachableChapter } from "#shared/run/running-chapter.ts";
import { usualWeather } from "#shared/vendor-simulator/weather.ts";
import { requestFor } from "../load/answers.ts";
import type { OpenLoopResult, Sender } from "../load/sender.ts";
import { arrivals, customersIn } from "../plan/arrivals.ts";
import { readEvidence } from "./evidence.ts";
import { activationsOf, customersOfSweep, haste, warmUp } from "./start.ts";
import { watchProcessor } from "./processor.ts";
import { lookAt, untilQuiet } from "./watching.ts";

interface SweepOptions {
  plan: SweepPlan;
  seed: number;
  /** Started for its sweep; it is stopped here. */
  running: ReachableChapter;
  sender: Sender;
  onStage: (stage: string) => void;
  /** Each rate as soon as it is measured, so that the earlier ones are kept if a later one is interrupted. */
  onRate: (rate: RateResult) => void;
  /** How often a doubtful rate is measured again at most, at once. */
  mostRepeats: number;
  /** Why what was sent is not reliable. Empty if it is. */
  doubtsIn: (sent: OpenLoopResult) => string[];
  signal: AbortSignal;
}

/** What happened at one arrival rate. */
export interface RateResult {
  phase: Phase;
  sent: OpenLoopResult;
  processor?: ProcessorUse;
  /** When the device of each answer's customer began to work, counted from the start. null: not yet. */
  activeMs: readonly (number | null)[];
  /** The time of the last look. */
  watchedUntilMs: number;
  /** The discarded attempts before this one. Absent: it was the first. */
  discarded?: Discarded[];
}

const clearingLimitMs = 60_000;

/** Measures a chapter at one arrival rate after the other, each beginning with nothing left to do. */
export async function sweepThrough(options: SweepOptions): Promise<void> {
  const { plan, running, sender, onStage, onRate, mostRepeats, doubtsIn, signal } = options;
  try {
    signal.throwIfAborted();
    onStage("warming up");
    await warmUp({
      running,
      sender,
      firstDevice: customersOfSweep(plan, mostRepeats),
      repeats: plan.warmUpRepeats,
      signal,
    });
    let firstDevice = 0;
    for (const phase of plan.phases) {
      const discarded: Discarded[] = [];
      for (let isLast = false; !isLast;) {
        onStage(`${phase.perSecond} a second`);
        const rate = await atRate(phase, firstDevice, options);
        firstDevice += customersIn(phase);
        const reasons = doubtsIn(rate.sent);
        isLast = reasons.length === 0 || discarded.length === mostRepeats;
        if (isLast) {
          onRate({ ...rate, ...(discarded.length > 0 && { discarded }) });
        } else {
          discarded.push({ reasons });
        }
        onStage("clearing up");
        await clear(options);
      }
    }
  } finally {
    await running.stop();
  }
}

async function atRate(phase: Phase, firstDevice: number, options: SweepOptions): Promise<RateResult> {
  const { plan, seed, running, sender, signal } = options;
  const { medianMs, p99Ms } = usualWeather;
  await running.vendor.setWeather({ medianMs, p99Ms });
  const requests = arrivals([phase], seed).map((dueMs, at) => requestFor(firstDevice + at, dueMs));
  const startAtMs = performance.now() + 100;
  const startAtWallMs = Date.now() + 100;
  const { use } = watchProcessor({ running, phases: [phase], startAtMs, signal });
  const sent = await sender.send({ ...activationsOf(running), requests, startAtMs, signal });
  const wrong = sent.answers.find(({ problem }) => problem !== undefined);
  if (wrong) {
    throw new Error(`at ${phase.perSecond} a second an answer was wrong: ${wrong.problem}`);
  }
  await quiet(options, startAtMs + phase.seconds * 1_000 + plan.drainMs);
  const watchedUntilMs = performance.now() - startAtMs;

  const { tickets } = await readEvidence(running);
  const activatedAtMs = new Map(tickets.map((ticket) => [ticket.eventId, ticket.activatedAtMs]));
  const activeMs = sent.answers.map(({ eventId }) => {
    const atMs = eventId === undefined ? undefined : activatedAtMs.get(eventId);
    return atMs === undefined ? null : atMs - startAtWallMs;
  });
  return { phase, sent, processor: await use, activeMs, watchedUntilMs };
}

/** Finishes what is left with a vendor in haste, so that the next rate begins with nothing of this one. */
async function clear(options: SweepOptions): Promise<void> {
  await options.running.vendor.setWeather(haste);
  if ((await quiet(options, performance.now() + clearingLimitMs)) === "limit") {
    throw new Error(`what one rate left behind was not worked off after ${clearingLimitMs / 1_000} s`);
  }
}

const quiet = ({ running, signal }: SweepOptions, limitAtMs: number) =>
  untilQuiet({ look: async () => (await lookAt(running)).activity, limitAtMs, signal });
