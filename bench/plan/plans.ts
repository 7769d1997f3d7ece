import { deviceAt } from "#shared/devices.ts";
import type { Plan, SweepPlan } from "#shared/results.ts";
import { livesThrough } from "./rows.ts";
import type { Row, TrialPart } from "./rows.ts";

// Every chapter runs the same plan, so any difference in the end is the chapter's.

/** The devices of the warm-up. A plan says how often they are requested again. */
export const warmUpSize = 60;

// A standard queue may deliver a message twice, at once or later.
const duplicates = { everyNthTwice: 10, duplicateDelaysMs: [0, 200, 2_000] };
const sampleEveryMs = 250;
// For the labs. Twice as fast as on a usual day: 20 simultaneous calls of 223 ms on average are 90 a second.
const fastVendor = { medianMs: 200, p99Ms: 600 };

// Early enough to be given up or set aside before the day ends, and far enough apart not to share a batch.
const poisonedCustomers = [7, 15];

// Half as fast as on a usual day: 20 simultaneous calls of 837 ms on average are 24 a second, and a function whose batches of four wait
// for the slowest of them manages 18. A rush of 36 is too much for both, yet two cores are busy for only about 65 % of it. With a rush
// of 130 and a vendor of 90 they were busy all the time, and 06 took ten times as long for an answer as 05, which has the same API.
// Few of its calls take as long as the 3 s that its callers wait.
const slowVendor = { medianMs: 800, p99Ms: 1_600 };

/** The short day: the same customers and the same small troubles for every chapter. */
export function shortDay(runs: number): Plan {
  return {
    name: "the short day",
    runs,
    customers: 80,
    phases: [{ perSecond: 10, seconds: 8 }],
    weather: {},
    events: [{ atMs: 4_000, does: "kill-worker" }],
    poison: poisonedCustomers.map((at) => deviceAt(at).macAddress),
    healed: [],
    ...duplicates,
    horizonMs: 15_000,
    warmUpRepeats: 240,
  };
}

/**
 * The storm: calm, a rush, calm again, and five things that go wrong, in 52 seconds. The rush is more than the vendor can do, so a
 * queue builds up. There is time to finish it, and the retries of 05 to 07 outlast the outage.
 */
export function fullStorm(runs: number): Plan {
  const poison = oneOf(50, 306);
  return {
    name: "the storm",
    runs,
    customers: 306,
    phases: [
      { perSecond: 6, seconds: 6 },
      { perSecond: 36, seconds: 5 },
      { perSecond: 6, seconds: 15 },
    ],
    weather: slowVendor,
    events: [
      { atMs: 9_000, does: "kill-worker" },
      { atMs: 17_000, does: "outage-begins" },
      { atMs: 19_000, does: "outage-ends" },
      { atMs: 21_000, does: "kill-api" },
      { atMs: 22_000, does: "kill-worker" },
      { atMs: 36_000, does: "heal-and-redrive" },
    ],
    poison,
    healed: poison.filter((_device, at) => at % 2 === 0),
    ...duplicates,
    horizonMs: 52_000,
    warmUpRepeats: 1_000,
    sampleEveryMs,
  };
}

/** The storm in 17 seconds: without a redrive, which would come too soon to show anything. */
export function shortStorm(runs: number): Plan {
  // Devices that come after 4.5 s are healthy: a later poison message would not be set aside by the end.
  const poison = oneOf(30, 102);
  return {
    name: "the short storm",
    runs,
    customers: 129,
    phases: [
      { perSecond: 6, seconds: 2 },
      { perSecond: 36, seconds: 2.5 },
      { perSecond: 6, seconds: 4.5 },
    ],
    weather: slowVendor,
    events: [
      { atMs: 3_500, does: "kill-worker" },
      { atMs: 5_500, does: "outage-begins" },
      { atMs: 8_000, does: "outage-ends" },
      { atMs: 8_200, does: "kill-worker" },
    ],
    poison,
    healed: [],
    ...duplicates,
    horizonMs: 17_000,
    warmUpRepeats: 400,
    sampleEveryMs,
  };
}

/** Every n-th of the first customers' devices, from the 25th on. None of them is a tenth one, which would come twice. */
function oneOf(n: number, customers: number): string[] {
  const first = 24;
  return Array.from(
    { length: Math.ceil((customers - first) / n) },
    (_, at) => deviceAt(first + at * n).macAddress,
  );
}

/** The plans of the labs among these rows. */
export function labPlans(rows: readonly Row[], runs: number): { outage?: Plan; rush?: Plan; kills?: Plan } {
  const has = (part: TrialPart) => rows.some((row) => livesThrough(row, part));
  return {
    ...(has("outage") && { outage: longOutage(runs) }),
    ...(has("rush") && { rush: rush(runs) }),
    ...(has("kills") && { kills: threeKills(runs) }),
  };
}

/**
 * Five seconds without a vendor. Lambda's two retries come 1 and 3 s after the first attempt, and 05's fifth attempt after 6 s, so
 * customers of the outage's first two seconds have used up Lambda's retries when it ends.
 */
function longOutage(runs: number): Plan {
  return {
    name: "the long outage",
    runs,
    customers: 160,
    phases: [{ perSecond: 20, seconds: 8 }],
    weather: { ...fastVendor, line: 20 },
    events: [
      { atMs: 2_000, does: "outage-begins" },
      { atMs: 7_000, does: "outage-ends" },
      // By then every message that has used up its retries is set aside.
      { atMs: 9_000, does: "heal-and-redrive" },
    ],
    poison: [],
    healed: [],
    ...duplicates,
    horizonMs: 16_000,
    warmUpRepeats: 120,
    sampleEveryMs,
  };
}

/** A rush for which a function scales out, with a vendor that can take it: what fails is between the two. */
function rush(runs: number): Plan {
  return {
    name: "the rush",
    runs,
    customers: 120,
    phases: [{ perSecond: 60, seconds: 2 }],
    weather: { ...fastVendor, capacity: 100, line: 100 },
    events: [],
    poison: [],
    healed: [],
    ...duplicates,
    // A message that finds a connection is done by the fourth second; one that doesn't has used up its retries by the eighth.
    horizonMs: 8_500,
    warmUpRepeats: 120,
    sampleEveryMs,
  };
}

/**
 * What a queue that delivers once would have to prevent: every tenth message comes twice. And what it can't prevent: three
 * environments die during the work. One device is poison, early, to show who waits for it.
 */
function threeKills(runs: number): Plan {
  return {
    name: "the three kills",
    runs,
    customers: 80,
    phases: [{ perSecond: 10, seconds: 8 }],
    weather: {},
    events: [
      { atMs: 2_500, does: "kill-worker" },
      { atMs: 4_500, does: "kill-worker" },
      { atMs: 6_500, does: "kill-worker" },
    ],
    poison: [deviceAt(7).macAddress],
    healed: [],
    ...duplicates,
    // What a killed environment had comes back after 6 s, and a second time if it was killed again.
    horizonMs: 20_000,
    warmUpRepeats: 240,
    sampleEveryMs,
  };
}

/** The chapters whose bend is worth seeing: the vendor in the request, one worker, a function, a function with a lock. */
export const sweptRows = ["01", "03", "04", "07"];

/** From a quiet day to a third more than the vendor can do, which is 44 a second. */
export const sweepPlan: SweepPlan = {
  phases: [
    // At least about ten customers, or a median is luck.
    { perSecond: 1, seconds: 20 },
    { perSecond: 2, seconds: 12 },
    ...[5, 10, 20, 40, 60].map((perSecond) => ({ perSecond, seconds: 8 })),
  ],
  drainMs: 4_000,
  warmUpRepeats: 1_000,
};

/** Long enough for about a hundred answers, even from 01, where every answer takes the vendor's time. */
export const closedLoop = { connections: 10, warmupSeconds: 0.5, seconds: 1.5, limitSeconds: 10 };
/** The closed loop requests each device once. When all are used up, it ends. */
export const closedLoopInventory = 1_500;

/** With AWS's numbers a failed message is retried after 5, 30, 120 and 300 s, and only the storm's outage makes any fail. */
export const accountHorizonMs = 180_000;

/**
 * The same plan without what AWS can't be told to do: kills, and messages that come twice. It has no poison either, which only the
 * teaching numbers set aside in time.
 */
export function planOnAccount(plan: Plan): Plan {
  return {
    ...plan,
    name: `${plan.name} without kills`,
    events: plan.events.filter(({ does }) => does === "outage-begins" || does === "outage-ends"),
    poison: [],
    healed: [],
    everyNthTwice: 0,
    duplicateDelaysMs: [0],
    horizonMs: accountHorizonMs,
  };
}
