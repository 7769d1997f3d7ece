import { deviceAt } from "#shared/devices.ts";
import type { Plan, SweepPlan } from "#shared/results.ts";
import type { ReachableChapter } from "#shared/run/running-chapter.ts";
import type { ChapterOptions } from "#shared/run/start-chapter.ts";
import { changeWeather, usualWeather } from "#shared/vendor-simulator/weather.ts";
import type { Weather } from "#shared/vendor-simulator/weather.ts";
import { requestFor } from "../load/answers.ts";
import type { Sender } from "../load/sender.ts";
import { customersIn } from "../plan/arrivals.ts";
import { closedLoopInventory, warmUpSize } from "../plan/plans.ts";
import type { Row } from "../plan/rows.ts";
import { seedOf } from "../plan/steps.ts";
import type { Step } from "../plan/steps.ts";
import { lookAt, untilQuiet } from "./watching.ts";

export type StartOptions = Pick<ChapterOptions, "folder" | "parameters" | "maximumConcurrency"> &
  Required<Pick<ChapterOptions, "devices" | "consumers" | "onLine">> & { weather: Partial<Weather> };

export type StartChapter = (options: StartOptions) => Promise<ReachableChapter>;

// The warm-up is for our own processes, so the vendor is as fast as it can be.
export const haste = { medianMs: 1, p99Ms: 3 };

/** The weather of a row's trial, before its poison. */
export const weatherOf = (row: Row, plan: Pick<Plan, "weather">, seed: number): Weather =>
  changeWeather(usualWeather, { ...plan.weather, ...row.weather, seed });

/** How to start a chapter for its trial. */
export function trialStart(row: Row, plan: Plan, seed: number): Omit<StartOptions, "onLine"> {
  return {
    folder: row.folder,
    weather: { ...weatherOf(row, plan, seed), ...haste },
    // The customers', followed by the warm-up's. A small inventory is seeded sooner.
    devices: plan.customers + warmUpSize,
    consumers: true,
    ...(row.parameters && { parameters: row.parameters }),
    ...(row.maximumConcurrency !== undefined && { maximumConcurrency: row.maximumConcurrency }),
  };
}

/** The most customers that a sweep can have, if each rate is repeated this often. The warm-up's devices follow theirs. */
export const customersOfSweep = ({ phases }: SweepPlan, mostRepeats: number): number =>
  (1 + mostRepeats) * phases.reduce((sum, phase) => sum + customersIn(phase), 0);

interface StartStepOptions {
  mostRepeats?: number;
  start: StartChapter;
  /** The seed of the first run. */
  seed: number;
  log: (name: string, line: string) => void;
}

/** Starts what a step measures, in fresh processes. */
export function startFor(
  step: Step,
  { start, seed, log, mostRepeats = 0 }: StartStepOptions,
): Promise<ReachableChapter> {
  const { row, kind } = step;
  const logAs = (name: string) => (process: string, line: string) => log(name, `[${process}] ${line}`);
  if (kind === "sweep") {
    return start({
      folder: row.folder,
      weather: { ...weatherOf(row, { weather: {} }, seed), ...haste },
      devices: customersOfSweep(step.plan, mostRepeats) + warmUpSize,
      consumers: true,
      onLine: logAs(`${row.id}-sweep`),
    });
  }
  if (kind === "closed loop") {
    return start({
      folder: row.folder,
      weather: { ...usualWeather, seed },
      devices: closedLoopInventory,
      // Only the answer is measured: nothing is consumed, and what piles up is dropped.
      consumers: false,
      onLine: logAs(`${row.id}-closed-loop`),
    });
  }
  return start({
    ...trialStart(row, step.plan, seedOf(step.run, seed)),
    onLine: logAs(kind === "day" ? row.id : `${row.id}-${kind}`),
  });
}

/** A running chapter for a step. */
export interface Started {
  running: ReachableChapter;
  isWarm: boolean;
}

/**
 * Starts what comes next while a step ends. For a day or a lab's plan it also warms it up, since the sender is idle then. Rejects with
 * nothing left running.
 */
export async function startAhead(
  step: Step,
  options: StartStepOptions & Pick<WarmUpOptions, "sender" | "signal">,
): Promise<Started> {
  const running = await startFor(step, options);
  // The storm's load is heavy until its end: warming up meanwhile would disturb both.
  if (step.kind === "storm" || step.kind === "sweep" || step.kind === "closed loop") {
    return { running, isWarm: false };
  }
  try {
    const { customers: firstDevice, warmUpRepeats: repeats } = step.plan;
    await warmUp({ running, sender: options.sender, firstDevice, repeats, signal: options.signal });
    return { running, isWarm: true };
  } catch (error) {
    await running.stop();
    throw error;
  }
}

/** The address and headers of a request for an activation. */
export function activationsOf({ apiUrl, headers }: Pick<ReachableChapter, "apiUrl" | "headers">) {
  return { url: `${apiUrl}/activations`, ...(headers && { headers }) };
}

/** The devices of a warm-up, beginning with this one. */
export function warmUpDevices(firstDevice: number): string[] {
  return Array.from({ length: warmUpSize }, (_, index) => deviceAt(firstDevice + index).macAddress);
}

interface WarmUpOptions {
  running: ReachableChapter;
  sender: Sender;
  /** Devices from this one on don't count. */
  firstDevice: number;
  /** How many more requests for the same devices. */
  repeats: number;
  signal: AbortSignal;
}

// Whatever a busy machine takes for it, nothing of it counts: only a chapter that does not work at all gets there.
const warmUpLimitMs = 120_000;
const mostAskings = 3;

/**
 * Requests these devices. Everything is cold, and on a small machine twenty environments that start at the same time can delay a call
 * of the API beyond its timeout. A 503 promises nothing and may be repeated, so we repeat it.
 */
async function askUntilAccepted({
  running,
  sender,
  requests,
  signal,
}: Pick<WarmUpOptions, "running" | "sender" | "signal"> & {
  requests: readonly ReturnType<typeof requestFor>[];
}): Promise<void> {
  let left = requests;
  for (let asking = 1; left.length > 0; asking += 1) {
    const { answers } = await sender.send({ ...activationsOf(running), requests: left, signal });
    const isRight = (answer: (typeof answers)[number] | undefined) =>
      answer?.outcome === "accepted" || (asking > 1 && answer?.outcome === "repeated");
    const wrong = answers.find((answer) => !isRight(answer) || answer.problem !== undefined);
    if (wrong !== undefined && (wrong.problem !== undefined || asking === mostAskings)) {
      throw new Error(
        `the warm-up's requests should be accepted, but one was ${wrong.problem ?? wrong.outcome}`,
      );
    }
    left = left.filter((_request, at) => !isRight(answers[at]));
  }
}

/** Makes every process do its work several times, with devices that don't count. */
export async function warmUp({
  running,
  sender,
  firstDevice,
  repeats,
  signal,
}: WarmUpOptions): Promise<void> {
  // At first all at once, so that the mapping starts as many environments as it may.
  const dueMs = (index: number) => (index < 20 ? 0 : 300 + index * 6);
  const requests = Array.from({ length: warmUpSize }, (_, index) =>
    requestFor(firstDevice + index, dueMs(index)),
  );
  const limitAtMs = performance.now() + warmUpLimitMs;
  await askUntilAccepted({ running, sender, requests, signal });
  // A process that has answered sixty requests still runs mostly unoptimized code: in a closed loop the API of 04 used 12 ms of a core
  // for each of the first fifty requests, 7 ms after 300, and 4 ms after 1,500. Repeats run the same code and leave no work behind, so
  // the consumers can drain meanwhile.
  const again = Array.from({ length: repeats }, (_, index) =>
    requestFor(firstDevice + (index % warmUpSize), index * 6),
  );
  const look = async () => (await lookAt(running)).activity;
  const [ended] = await Promise.all([
    untilQuiet({ look, limitAtMs, signal, ...running.settle }),
    sender.send({ ...activationsOf(running), requests: again, signal }),
  ]);
  if (ended === "limit") {
    throw new Error(`the warm-up's ${warmUpSize} devices were not done after ${warmUpLimitMs / 1_000} s`);
  }
}
