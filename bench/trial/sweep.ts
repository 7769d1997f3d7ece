import type { Phase, SweepPlan, SweepPoint } from "#shared/results.ts";
import { changeWeather, usualWeather } from "#shared/vendor-simulator/weather.ts";
import { untilQuiet } from "./activity.ts";
import { readEvidence } from "./evidence.ts";
import { lookAt } from "./look.ts";
import { warmUpSize } from "../plan/plan.ts";
import type { Row } from "../plan/plan.ts";
import type { RunningChapter, StartOptions } from "./running.ts";
import { arrivals } from "../plan/schedule.ts";
import type { Sender } from "../load/open-loop/sender.ts";
import { activationsUrl, requestFor, warmUp } from "./warm-up.ts";
import { pointOf } from "../figures/sweep-point.ts";

interface SweepOptions {
  row: Row;
  plan: SweepPlan;
  seed: number;
  /** Started as {@link sweepStart} says; it is stopped here. */
  running: RunningChapter;
  sender: Sender;
  onStage: (stage: string) => void;
  /** Each rate as soon as it is measured: the ones before stay if a later one is interrupted. */
  onPoint: (point: SweepPoint) => void;
  signal: AbortSignal;
}

const customersOf = ({ perSecond, seconds }: Phase) => Math.round(perSecond * seconds);
const allCustomers = ({ phases }: SweepPlan) => phases.reduce((sum, phase) => sum + customersOf(phase), 0);

// The warm-up, and what a rate leaves behind, is worked off by a vendor in haste.
const haste = { medianMs: 1, p99Ms: 3 };
const clearingLimitMs = 60_000;

/** How a chapter is started for its sweep. */
export function sweepStart(row: Row, plan: SweepPlan, seed: number): Omit<StartOptions, "onLine"> {
  return {
    folder: row.folder,
    weather: { ...changeWeather(usualWeather, { ...row.weather, seed }), ...haste },
    devices: allCustomers(plan) + warmUpSize,
    consumers: true,
  };
}

/** One chapter under one arrival rate after the other, each beginning with nothing left to do. */
export async function sweepThrough(options: SweepOptions): Promise<void> {
  const { plan, running, sender, onStage, onPoint, signal } = options;
  try {
    signal.throwIfAborted();
    onStage("warming up");
    await warmUp({ running, sender, firstDevice: allCustomers(plan), repeats: plan.warmUpRepeats, signal });
    let firstDevice = 0;
    let calmMs: number | undefined;
    for (const phase of plan.phases) {
      onStage(`${phase.perSecond} a second`);
      const point = await measureRate(options, { phase, firstDevice, calmMs });
      onPoint(point);
      calmMs ??= point.activation.p50Ms ?? undefined;
      firstDevice += customersOf(phase);
      onStage("clearing up");
      await clear(options);
    }
  } finally {
    await running.stop();
  }
}

interface Rate {
  phase: Phase;
  firstDevice: number;
  calmMs: number | undefined;
}

async function measureRate(options: SweepOptions, { phase, firstDevice, calmMs }: Rate): Promise<SweepPoint> {
  const { plan, seed, running, sender, signal } = options;
  const { medianMs, p99Ms } = usualWeather;
  await running.vendor.setWeather({ medianMs, p99Ms });
  const requests = arrivals([phase], seed).map((dueMs, at) => requestFor(firstDevice + at, dueMs));
  const startAtMs = performance.now() + 100;
  const startAtWallMs = Date.now() + 100;
  const sent = await sender.send({ url: activationsUrl(running), requests, startAtMs, signal });
  const wrong = sent.answers.find(({ problem }) => problem !== undefined);
  if (wrong) {
    throw new Error(`at ${phase.perSecond} a second an answer was wrong: ${wrong.problem}`);
  }
  await untilQuiet({
    look: async () => (await lookAt(running)).activity,
    notBeforeMs: 0,
    limitAtMs: startAtMs + phase.seconds * 1_000 + plan.drainMs,
    signal,
  });
  const watchedUntilMs = performance.now() - startAtMs;

  const { tickets } = await readEvidence(running);
  const activatedAtMs = new Map(tickets.map((ticket) => [ticket.eventId, ticket.activatedAtMs]));
  const activeMs = sent.answers.map(({ eventId }) => {
    const atMs = eventId === undefined ? undefined : activatedAtMs.get(eventId);
    return atMs === undefined ? null : atMs - startAtWallMs;
  });
  return pointOf({ phase, sent, activeMs, watchedUntilMs, calmMs });
}

/** Works off what is left, so that the next rate finds nothing of this one. */
async function clear({ running, signal }: SweepOptions): Promise<void> {
  await running.vendor.setWeather(haste);
  const ended = await untilQuiet({
    look: async () => (await lookAt(running)).activity,
    notBeforeMs: 0,
    limitAtMs: performance.now() + clearingLimitMs,
    signal,
  });
  if (ended === "limit") {
    throw new Error(`what one rate left behind was not worked off after ${clearingLimitMs / 1_000} s`);
  }
}
