import os from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Limit, LimitProbe } from "#shared/limit.ts";
import type { Phase } from "#shared/results.ts";
import { hasQueue } from "#shared/run/running-chapter.ts";
import type { ReachableChapter } from "#shared/run/running-chapter.ts";
import type { Weather } from "#shared/vendor-simulator/weather.ts";
import { withSender } from "../figures/run.ts";
import { requestFor } from "../load/answers.ts";
import type { Sender } from "../load/sender.ts";
import { customersIn } from "../plan/arrivals.ts";
import { warmUpSize } from "../plan/plans.ts";
import type { Row } from "../plan/rows.ts";
import { isAccepted } from "../trial/ledger.ts";
import { atRate, clearUp, usualPace } from "../trial/rate.ts";
import type { RateSeen } from "../trial/rate.ts";
import { activationsOf, haste, warmUp, weatherOf } from "../trial/start.ts";
import type { StartChapter } from "../trial/start.ts";
import { lookAt } from "../trial/watching.ts";
import { causeOf, otherCores } from "./cause.ts";
import { findBelow } from "./find.ts";
import { readFlood } from "./flood.ts";
import { limitFrom } from "./answer.ts";
import { doubtAbout, judge } from "./verdict.ts";
import type { Promised } from "./verdict.ts";

/** How long each part takes. Tests use less. */
interface LimitPlan {
  floodSeconds: number;
  /** The rate of the flood, at most. */
  floodPerSecond: number;
  probeSeconds: number;
  /** For systems that do fewer than five a second. */
  slowProbeSeconds: number;
  /** From the start of the chapter's processes. No probe after the second begins if it would end later. */
  mostSeconds: number;
  mostProbes: number;
  /** The inventory: each customer needs an unused device. */
  devices: number;
  /** How the vendor differs from the usual one. Its pace is fixed. */
  weather: Partial<Pick<Weather, "capacity" | "line">>;
}

export const usualPlan: LimitPlan = {
  floodSeconds: 10,
  // Half more than the usual vendor can do. No chapter does as much, and two cores still have time for it.
  floodPerSecond: 66,
  probeSeconds: 14,
  slowProbeSeconds: 20,
  mostSeconds: 84,
  mostProbes: 8,
  devices: 5_000,
  weather: {},
};

interface LimitOptions {
  row: Row;
  promised: Promised;
  plan?: LimitPlan;
  seed: number;
  start: StartChapter;
  sender: Sender;
  log: (name: string, line: string) => void;
  onStage: (stage: string) => void;
  signal: AbortSignal;
}

type Context = LimitOptions & {
  plan: LimitPlan;
  running: ReachableChapter;
  /** The index of the first of this many unused devices. */
  takeDevices: (count: number) => number;
  /** So that no two probes have the same arrivals. */
  nextSeed: () => number;
};

const sampleEveryMs = 500;
const slowBelow = 5;
// A machine that starts slowly has no time for more, and one probe would say little.
const fewestProbes = 2;
const warmUpRepeats = 200;
// To look at the tables, and to finish what is left.
const aroundProbeSeconds = 1;

/** Finds a chapter's limit, in fresh processes. Throws an error that says why there is none. */
export async function limitOfChapter(options: LimitOptions): Promise<Limit> {
  const { row, plan = usualPlan, promised, seed, sender, onStage, signal } = options;
  const startedAtMs = performance.now();
  const elapsedSeconds = () => (performance.now() - startedAtMs) / 1_000;
  const weather = { ...weatherOf(row, { weather: plan.weather }, seed) };
  const running = await options.start({
    folder: row.folder,
    weather: { ...weather, ...haste },
    devices: plan.devices + warmUpSize,
    consumers: true,
    onLine: (process, line) => options.log(`${row.id}-limit`, `[${process}] ${line}`),
  });
  try {
    signal.throwIfAborted();
    onStage("warming up");
    await warmUp({ running, sender, firstDevice: plan.devices, repeats: warmUpRepeats, signal });
    let used = 0;
    const takeDevices = (count: number) => (used += count) - count;
    let seeds = seed;
    const context = { ...options, plan, running, takeDevices, nextSeed: () => seeds++ };
    const flood = await floodOf(context);
    const { throughputPerSecond } = flood;
    const seconds = throughputPerSecond < slowBelow ? plan.slowProbeSeconds : plan.probeSeconds;
    const probeTakes = seconds + (promised.worksMs ?? 0) / 1_000 + aroundProbeSeconds;
    const seenAt = new Map<LimitProbe, RateSeen>();
    const { found, probes } = await findBelow(throughputPerSecond, {
      seconds,
      mayProbe: (perSecond) =>
        seenAt.size < plan.mostProbes &&
        used + customersIn({ perSecond, seconds }) <= plan.devices &&
        (seenAt.size < fewestProbes || elapsedSeconds() + probeTakes <= plan.mostSeconds),
      probe: async (perSecond) => {
        onStage(`${perSecond.toFixed(1)} a second`);
        const { probe, seen } = await probeOf({ perSecond, seconds }, context);
        seenAt.set(probe, seen);
        return probe;
      },
    });
    // The broken probe nearest to the limit shows the cause best. If none broke below the throughput, the flood did.
    const broken = probes.filter(({ kept, doubt }) => !kept && doubt === undefined);
    const first = broken.toSorted((left, right) => left.perSecond - right.perSecond)[0] ?? flood.probe;
    return limitFrom({
      ...row,
      of: row.chapter,
      promised,
      found,
      probes,
      ...(first.broke && { broke: first.broke }),
      throughput: { perSecond: throughputPerSecond, isBound: flood.isBound },
      ...othersIn([flood.seen, ...seenAt.values()]),
      tookSeconds: elapsedSeconds(),
      ...causeFrom(first, seenAt.get(first) ?? flood.seen, running, weather.capacity),
    });
  } finally {
    await running.stop();
  }
}

/** Sends customers at one rate, who find nothing left of those before them. */
async function probeOf(
  phase: Phase,
  context: Context,
  drainMs = context.promised.worksMs ?? 0,
): Promise<{ probe: LimitProbe; seen: RateSeen }> {
  const { promised, takeDevices, nextSeed } = context;
  const firstDevice = takeDevices(customersIn(phase));
  const seen = await atRate(phase, firstDevice, { ...context, seed: nextSeed(), drainMs, sampleEveryMs });
  const customers = seen.sent.answers.map(({ dueMs, outcome, answeredMs }, at) => ({
    dueMs,
    isAccepted: isAccepted(outcome),
    answeredMs,
    activeMs: seen.activeMs[at] ?? null,
  }));
  await clearUp(context);
  return { probe: judge(customers, promised, phase, doubtAbout(seen.sent, promised)), seen };
}

const burst = 60;
const burstSeconds = 1.5;

/**
 * How much is done a second if more comes than that. The share of a first burst that is left shows how much more. Throws if nothing is
 * done.
 */
async function floodOf(context: Context) {
  const { row, plan, running, sender, signal, onStage, takeDevices } = context;
  onStage("a flood");
  await running.vendor.setWeather(usualPace);
  const first = takeDevices(burst);
  const requests = Array.from({ length: burst }, (_, at) => requestFor(first + at, 0));
  const bursting = sender.send({ ...activationsOf(running), requests, signal });
  // The flood, which has the same sender, gets its error.
  bursting.catch(() => {});
  await sleep(burstSeconds * 1_000, undefined, { signal });
  const { queued, vendorCalls } = (await lookAt(running)).activity;
  const left = Math.min(Math.max(queued, vendorCalls), burst);
  const donePerSecond = (burst - left) / burstSeconds;
  const seconds = plan.floodSeconds - burstSeconds;
  const phase = { perSecond: Math.min(4 + 2 * donePerSecond, plan.floodPerSecond), seconds };
  const { probe, seen } = await probeOf(phase, context, 0);
  await bursting;
  const { activationsAtMs } = seen;
  const read = readFlood({ seconds, came: customersIn(phase), left, activationsAtMs });
  if (read.throughputPerSecond === 0) {
    const { inTime, of } = probe.answered;
    throw new Error(
      `in a flood of ${plan.floodSeconds} s no device began to work, and ${inTime} of ${of} customers were answered in time; \`npm run chapter ${row.id}\` shows its errors`,
    );
  }
  return { probe, seen, ...read };
}

function othersIn(seen: readonly RateSeen[]): Pick<Limit, "others"> {
  const cores = os.cpus().length;
  const each = seen.flatMap(({ processor, sent }) =>
    processor === undefined ? [] : [otherCores({ processor: withSender(processor, sent), cores })],
  );
  const mean = each.reduce((sum, one) => sum + one / each.length, 0);
  return each.length === 0 ? {} : { others: { cores: mean, of: cores } };
}

function causeFrom(
  { backlog, seconds }: LimitProbe,
  { processor, sent, samples, vendorCalls, refusals }: RateSeen,
  running: ReachableChapter,
  vendorCapacity: number,
): Pick<Limit, "cause" | "why"> {
  return causeOf({
    processor: processor && withSender(processor, sent),
    samples,
    seconds,
    backlog,
    vendorCapacity,
    vendorCalls,
    refusals,
    hasQueue: hasQueue(running),
    cores: os.cpus().length,
  });
}
