import { clockDifferenceMs, thisMachines } from "#shared/clock-difference.ts";
import type { Clocks } from "#shared/clock-difference.ts";
import type { Quantiles } from "#shared/results.ts";

/** Whether the machine disturbed the measurement. */
export interface ClockReport {
  /** The longest time that this process didn't get to run. */
  longestPauseMs: number;
  /** How far the calendar's clock moved against the steady one, because of a sleep or a correction by the network. */
  driftMs: number;
}

const beatMs = 50;

/** Watches both clocks until stopped. */
export function watchClock(clocks: Clocks = thisMachines): {
  read: () => ClockReport;
  stop: () => void;
} {
  const { steadyMs } = clocks;
  const differenceAtStartMs = clockDifferenceMs(clocks);
  let lastBeatMs = steadyMs();
  let longestPauseMs = 0;
  const look = () => {
    const nowMs = steadyMs();
    longestPauseMs = Math.max(longestPauseMs, nowMs - lastBeatMs - beatMs);
    lastBeatMs = nowMs;
  };
  const beat = setInterval(look, beatMs);
  return {
    read: () => {
      look();
      return { longestPauseMs, driftMs: Math.abs(clockDifferenceMs(clocks) - differenceAtStartMs) };
    },
    stop: () => clearInterval(beat),
  };
}

const longestPauseAllowedMs = 250;
const driftAllowedMs = 50;
const lateP99AllowedMs = 2;
// With few requests the slowest decides, and a single one may have bad luck on any machine.
const lateMaxAllowedMs = 20;

/** Why a run's figures are not reliable, by the clocks and by how late the sender was. Empty if they are. */
export function reasonsForDistrust(
  clock: ClockReport,
  { p99Ms, maxMs, count }: Pick<Quantiles, "p99Ms" | "maxMs" | "count">,
): string[] {
  const worstMs = maxMs ?? 0;
  const round = (ms: number) => `${ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms`;
  const reasons: string[] = [];
  if (clock.driftMs > driftAllowedMs) {
    reasons.push(`the machine slept or its clock was set: the clocks moved apart by ${round(clock.driftMs)}`);
  }
  if (clock.longestPauseMs > longestPauseAllowedMs) {
    reasons.push(`the sender stood still for ${round(clock.longestPauseMs)}`);
  }
  if (typeof p99Ms === "number") {
    if (p99Ms >= lateP99AllowedMs) {
      reasons.push(
        `the sender was late: one of a hundred requests by ${round(p99Ms)} or more, the worst of ${count} by ${round(worstMs)}`,
      );
    }
  } else if (worstMs > lateMaxAllowedMs) {
    reasons.push(`the sender was late: the worst of ${count} requests by ${round(worstMs)}`);
  }
  return reasons;
}
