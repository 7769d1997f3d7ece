import type { LimitProbe } from "#shared/limit.ts";
import type { Phase } from "#shared/results.ts";
import { arrivals, seededRandom } from "../../plan/arrivals.ts";
import { judge } from "../verdict.ts";
import type { Promised, Seen } from "../verdict.ts";

/** A queue with several workers, each of which takes a batch and waits for the slowest of it. */
export interface Simulated {
  workers: number;
  batch: number;
  medianMs: number;
  p99Ms: number;
  /** Until the ticket is handed out. Absent: the answer waits for the work. */
  ticketMs?: number;
}

const normalP99 = 2.326;

/** What becomes of each customer of a phase that begins with nothing left over. */
function live(system: Simulated, phase: Phase, seed: number): Seen[] {
  const random = seededRandom(seed + 1_000_003);
  const sigma = Math.log(system.p99Ms / system.medianMs) / normalP99;
  const workMs = () => {
    const normal = Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
    return system.medianMs * Math.exp(sigma * normal);
  };
  const dueMs = arrivals([phase], seed);
  const freeAtMs = Array.from({ length: system.workers }, () => 0);
  const activeMs: number[] = [];
  while (activeMs.length < dueMs.length) {
    const worker = freeAtMs.indexOf(Math.min(...freeAtMs));
    const startMs = Math.max(freeAtMs[worker] ?? 0, dueMs[activeMs.length] ?? 0);
    let slowestMs = startMs;
    for (let taken = 0; taken < system.batch && (dueMs[activeMs.length] ?? Infinity) <= startMs; taken += 1) {
      const doneMs = startMs + workMs();
      activeMs.push(doneMs);
      slowestMs = Math.max(slowestMs, doneMs);
    }
    freeAtMs[worker] = slowestMs;
  }
  return dueMs.map((due, at) => {
    const doneMs = activeMs[at] ?? Infinity;
    const { ticketMs } = system;
    return {
      dueMs: due,
      isAccepted: true,
      answeredMs: ticketMs === undefined ? doneMs : due + ticketMs,
      activeMs: doneMs,
    };
  });
}

/** A probe of this system. */
export const probeOf = (
  system: Simulated,
  promised: Promised,
  phase: Phase,
  seed: number,
): Promise<LimitProbe> => Promise.resolve(judge(live(system, phase, seed), promised, phase));

/** What a flood of ten seconds finds that it does a second. */
export function throughputOf(system: Simulated, perSecond: number, seed: number): number {
  const done = live(system, { perSecond, seconds: 10 }, seed).filter(
    ({ activeMs }) => (activeMs ?? Infinity) >= 2_500 && (activeMs ?? Infinity) <= 10_000,
  );
  return done.length / 7.5;
}

const manyCustomers = 20_000;
const bisections = 9;

/** The highest rate at which it keeps a promise for hours. */
export function truthOf(system: Simulated, { worksMs = Infinity }: Promised, highest: number): number {
  let [low, high] = [0, highest];
  for (let turn = 0; turn < bisections; turn += 1) {
    const perSecond = (low + high) / 2;
    const customers = live(system, { perSecond, seconds: manyCustomers / perSecond }, 7);
    const inTime = customers.filter(
      ({ dueMs, activeMs }) => (activeMs ?? Infinity) - dueMs <= worksMs,
    ).length;
    if (inTime >= 0.95 * customers.length) {
      low = perSecond;
    } else {
      high = perSecond;
    }
  }
  return (low + high) / 2;
}
