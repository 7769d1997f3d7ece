import { deviceAt } from "#shared/devices.ts";
import type { DayRun, Load } from "#shared/results.ts";
import { usualWeather } from "#shared/vendor/weather.ts";
import type { Weather } from "#shared/vendor/weather.ts";
import { activityOf, inspect, untilQuiet } from "./activity.ts";
import { readAnswer } from "./answers.ts";
import { summarize } from "./day-summary.ts";
import { readEvidence } from "./evidence.ts";
import { killAt } from "./kill.ts";
import { openConnections, sendOpenLoop } from "./open-loop.ts";
import type { DueRequest } from "./open-loop.ts";
import { dayInventory, firstWarmUpDevice, warmUpRepeats, warmUpSize } from "./plan.ts";
import type { Row } from "./plan.ts";
import type { RunningChapter, StartOptions } from "./running.ts";
import { arrivals } from "./schedule.ts";

interface DayOptions {
  row: Row;
  load: Load;
  seed: number;
  place: number;
  /** Started as {@link dayStart} says; it is stopped here. */
  running: RunningChapter;
  onStage: (stage: string) => void;
  /** All customers are answered: from here on the machine has time for something else. */
  onDraining?: () => void;
  signal: AbortSignal;
}

/** The weather of a row's day, before its poison. */
const weatherOf = (row: Row, seed: number): Weather => ({ ...usualWeather, ...row.weather, seed });

/** How a chapter is started for its day. */
export function dayStart(row: Row, seed: number): Omit<StartOptions, "onLine"> {
  return {
    folder: row.folder,
    // The warm-up is about our own processes: the vendor is as quick as it can be meanwhile.
    weather: { ...weatherOf(row, seed), medianMs: 1, p99Ms: 3 },
    devices: dayInventory,
    consumers: true,
  };
}

/** The run, or what kept its ledger from balancing. */
export type DayResult = { run: DayRun; imbalances: string[]; overrides: Record<string, string> };

/** One chapter's short day in fresh processes: a warm-up, the customers and the troubles, a drain, the ledger. */
export async function liveThroughDay(options: DayOptions): Promise<DayResult> {
  const { row, load, seed, running, onStage, signal } = options;
  const connections = openConnections();
  try {
    signal.throwIfAborted();
    onStage("warming up");
    await warmUp(running, connections, signal);
    await running.vendor.setWeather({ ...weatherOf(row, seed), poison: load.poison });
    if (running.outputs["QUEUE_URL"] !== undefined) {
      await running.aws.deliverTwice(load.everyNthTwice, load.duplicateDelaysMs);
    }
    onStage("the day");
    return await theDay(options, connections);
  } finally {
    connections.destroy();
    await running.stop();
  }
}

type Connections = ReturnType<typeof openConnections>;

const activationsUrl = (running: RunningChapter) => `${running.apiUrl}/activations`;

function requestFor(index: number, dueMs: number): DueRequest & { customerId: string; macAddress: string } {
  const { customerId, macAddress } = deviceAt(index);
  const read = (status: number, answer: string) => readAnswer(status, answer, macAddress);
  return { dueMs, body: JSON.stringify({ customerId, macAddress }), read, customerId, macAddress };
}

const warmUpLimitMs = 15_000;

/** Makes every process do its work some times, on devices that count nowhere. */
async function warmUp(running: RunningChapter, connections: Connections, signal: AbortSignal): Promise<void> {
  // All at once at first, so that the mapping starts as many environments as it may have.
  const dueMs = (index: number) => (index < 20 ? 0 : 300 + index * 6);
  const requests = Array.from({ length: warmUpSize }, (_, index) =>
    requestFor(firstWarmUpDevice + index, dueMs(index)),
  );
  const limitAtMs = performance.now() + warmUpLimitMs;
  const { answers } = await sendOpenLoop({ url: activationsUrl(running), requests, connections, signal });
  const wrong = answers.find(({ outcome, problem }) => outcome !== "accepted" || problem !== undefined);
  if (wrong) {
    throw new Error(
      `the warm-up's requests should be accepted, but one was ${wrong.problem ?? wrong.outcome}`,
    );
  }
  // A process that has answered sixty requests still runs mostly unoptimized code. Repeats go through the same code and
  // leave no work behind, so the consumers can drain meanwhile.
  const repeats = Array.from({ length: warmUpRepeats }, (_, index) =>
    requestFor(firstWarmUpDevice + (index % warmUpSize), index * 6),
  );
  const [ended] = await Promise.all([
    untilQuiet({ look: look(running), notBeforeMs: 0, limitAtMs, signal }),
    sendOpenLoop({ url: activationsUrl(running), requests: repeats, connections, signal }),
  ]);
  if (ended === "limit") {
    throw new Error(`the warm-up's ${warmUpSize} devices were not done after ${warmUpLimitMs / 1_000} s`);
  }
}

function look(running: RunningChapter) {
  return async () => {
    const [seen, vendor] = await Promise.all([
      inspect(running.inspectUrl, "without"),
      running.vendor.summary(),
    ]);
    return activityOf(seen, running.outputs["DEAD_LETTER_QUEUE_URL"], vendor.open + vendor.inLine);
  };
}

async function theDay(options: DayOptions, connections: Connections): Promise<DayResult> {
  const { load, seed, running, signal, onStage } = options;
  const startedAt = new Date();
  const moments = arrivals([{ perSecond: load.perSecond, seconds: load.seconds }], seed);
  const requests = moments.map((dueMs, index) => requestFor(index, dueMs));
  const startAtMs = performance.now() + 100;
  // The servers write down moments by the calendar's clock, on this same machine.
  const startAtWallMs = Date.now() + 100;

  const [{ answers, clock }, kill] = await bothOrNeither(signal, (both) => [
    sendOpenLoop({ url: activationsUrl(running), requests, connections, startAtMs, signal: both }),
    killAt({ atMs: load.killAtMs, startAtMs, poison: load.poison, running, signal: both }),
  ]);

  onStage("draining");
  options.onDraining?.();
  const lastMs = moments.at(-1) ?? 0;
  // The last copy may still be on its way, and no queue shows it.
  const longestCopyMs = Math.max(0, ...load.duplicateDelaysMs) + 100;
  const endedBy = await untilQuiet({
    look: look(running),
    notBeforeMs: startAtMs + lastMs + (running.outputs["QUEUE_URL"] === undefined ? 0 : longestCopyMs),
    limitAtMs: startAtMs + (moments[0] ?? 0) + load.horizonMs,
    signal,
  });
  const drain = { endedBy, endedMs: performance.now() - startAtMs };

  onStage("reading the ledger");
  await running.setConsumers(false);
  if (endedBy === "limit") {
    // A call that was started runs to its end though nobody waits for it.
    const vendorOnly = async () => ({ ...(await look(running)()), queued: 0 });
    await untilQuiet({ look: vendorOnly, notBeforeMs: 0, limitAtMs: performance.now() + 10_000, signal });
  }
  const evidence = await readEvidence(running);

  const { run, imbalances } = summarize({
    startedAt,
    place: options.place,
    load,
    moments,
    requests,
    answers,
    clock,
    kills: [kill],
    drain,
    startAtWallMs,
    evidence: { ...evidence, warmUpDevices: new Set(warmUpDevices()) },
  });
  return { run, imbalances, overrides: running.overrides };
}

function warmUpDevices(): string[] {
  return Array.from({ length: warmUpSize }, (_, index) => deviceAt(firstWarmUpDevice + index).macAddress);
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
