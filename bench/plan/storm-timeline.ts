import { deviceAt } from "#shared/devices.ts";
import type { Plan } from "#shared/results.ts";

// The storm: calm, a rush, calm again, and five things that go wrong. It is the same for every chapter, so what differs in
// the end is the chapter's. The numbers were found by simulation: the rush is more than the vendor can do, so that a
// queue builds up; there is time to work it off; and the retries of 05 to 07 outlast the outage.

/** The vendor is twice as fast as on a usual day: 20 calls at once of 223 ms on average are 90 a second. */
const vendor = { medianMs: 200, p99Ms: 600, line: 20 };
const duplicates = { everyNthTwice: 10, duplicateDelaysMs: [0, 200, 2_000] };
const sampleEveryMs = 250;

/** 52 seconds, as `npm run bench:full` has them. */
export function fullStorm(runs: number): Plan {
  const poison = oneOf(50, 1_070);
  return {
    name: "the storm",
    runs,
    customers: 1_070,
    phases: [
      { perSecond: 20, seconds: 6 },
      { perSecond: 130, seconds: 5 },
      { perSecond: 20, seconds: 15 },
    ],
    weather: vendor,
    events: [
      { atMs: 9_000, does: "kill-worker" },
      { atMs: 17_000, does: "outage-begins" },
      { atMs: 20_000, does: "outage-ends" },
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

/** 17 seconds, as `npm run bench:storm` has them: without a redrive, which would come too soon to show anything. */
export function shortStorm(runs: number): Plan {
  // Whoever comes after 4.5 s is healthy: a later poison message would not be set aside by the end.
  const poison = oneOf(40, 340);
  return {
    name: "the short storm",
    runs,
    customers: 430,
    phases: [
      { perSecond: 20, seconds: 2 },
      { perSecond: 120, seconds: 2.5 },
      { perSecond: 20, seconds: 4.5 },
    ],
    weather: vendor,
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

/** Every n-th of the first customers' devices, from the 25th on: none of them is a tenth one, which would come twice. */
function oneOf(n: number, customers: number): string[] {
  const first = 24;
  return Array.from(
    { length: Math.ceil((customers - first) / n) },
    (_, at) => deviceAt(first + at * n).macAddress,
  );
}
