import type { Discarded, Phase, ProcessorUse, Sample } from "#shared/results.ts";
import type { ReachableChapter } from "#shared/run/running-chapter.ts";
import { usualWeather } from "#shared/vendor-simulator/weather.ts";
import { requestFor } from "../load/answers.ts";
import type { OpenLoopResult, Sender } from "../load/sender.ts";
import { arrivals } from "../plan/arrivals.ts";
import { readEvidence } from "./evidence.ts";
import { activationsOf, haste } from "./start.ts";
import { watchProcessor } from "./processor.ts";
import { lookAt, untilQuiet, watch } from "./watching.ts";

interface Running {
  running: ReachableChapter;
  signal: AbortSignal;
}

interface RateOptions extends Running {
  seed: number;
  sender: Sender;
  /** How long to watch after the last arrival's second, at most. */
  drainMs: number;
  /** How often to look at the queue and the vendor. Absent: never. */
  sampleEveryMs?: number;
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

/** The same, with what was seen of the queue and the vendor. */
export interface RateSeen extends RateResult {
  samples: readonly Sample[];
  /** When each device began to work, counted from the start, including those of earlier customers. */
  activationsAtMs: readonly number[];
  /** How many calls the vendor began or refused since the start, and how many of them it refused. */
  vendorCalls: number;
  refusals: number;
}

const { medianMs, p99Ms } = usualWeather;

/** The vendor on a usual day, after haste. */
export const usualPace = { medianMs, p99Ms };

/** Measures a chapter at one arrival rate, with the usual vendor. It begins with whatever is left from before. */
export async function atRate(phase: Phase, firstDevice: number, options: RateOptions): Promise<RateSeen> {
  const { drainMs, sampleEveryMs: everyMs, seed, running, sender, signal } = options;
  await running.vendor.setWeather(usualPace);
  const requests = arrivals([phase], seed).map((dueMs, at) => requestFor(firstDevice + at, dueMs));
  const startAtMs = performance.now() + 100;
  const startAtWallMs = Date.now() + 100;
  const { use } = watchProcessor({ running, phases: [phase], startAtMs, signal });
  const watching = watch({ running, everyMs, startAtMs, signal });
  try {
    const sent = await sender.send({ ...activationsOf(running), requests, startAtMs, signal });
    watching.stop();
    const wrong = sent.answers.find(({ problem }) => problem !== undefined);
    if (wrong) {
      throw new Error(`at ${phase.perSecond} a second an answer was wrong: ${wrong.problem}`);
    }
    await quiet(options, startAtMs + phase.seconds * 1_000 + drainMs);
    const watchedUntilMs = performance.now() - startAtMs;

    const { tickets, vendor } = await readEvidence(running);
    const activatedAtMs = new Map(tickets.map((ticket) => [ticket.eventId, ticket.activatedAtMs]));
    const activeMs = sent.answers.map(({ eventId }) => {
      const atMs = eventId === undefined ? undefined : activatedAtMs.get(eventId);
      return atMs === undefined ? null : atMs - startAtWallMs;
    });
    const calls = vendor.calls.filter(({ startedAtMs }) => startedAtMs >= startAtWallMs);
    return {
      phase,
      sent,
      processor: await use,
      activeMs,
      watchedUntilMs,
      samples: await watching.samples(),
      activationsAtMs: tickets.flatMap(({ activatedAtMs: atMs }) =>
        atMs === undefined ? [] : atMs - startAtWallMs,
      ),
      vendorCalls: calls.length,
      refusals: calls.filter(({ outcome }) => outcome === "refused").length,
    };
  } finally {
    watching.stop();
  }
}

const clearingLimitMs = 60_000;

/** Finishes what is left with a vendor in haste, so that the next rate begins with nothing of this one. */
export async function clearUp(options: Running): Promise<void> {
  await options.running.vendor.setWeather(haste);
  if ((await quiet(options, performance.now() + clearingLimitMs)) === "limit") {
    throw new Error(`what one rate left behind was not worked off after ${clearingLimitMs / 1_000} s`);
  }
}

const quiet = ({ running, signal }: Running, limitAtMs: number) =>
  untilQuiet({ look: async () => (await lookAt(running)).activity, limitAtMs, signal });
