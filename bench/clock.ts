/** Whether the machine gave the measurement its time. */
export interface ClockReport {
  /** The longest that this process did not get to run. */
  longestPauseMs: number;
  /** How far the calendar's clock moved against the steady one: a sleep, or a correction by the network. */
  driftMs: number;
}

const beatMs = 50;

/** Watches both clocks until stopped. */
export function watchClock(): { read: () => ClockReport; stop: () => void } {
  const difference = () => Date.now() - performance.now();
  const differenceAtStartMs = difference();
  let lastBeatMs = performance.now();
  let longestPauseMs = 0;
  const look = () => {
    const nowMs = performance.now();
    longestPauseMs = Math.max(longestPauseMs, nowMs - lastBeatMs - beatMs);
    lastBeatMs = nowMs;
  };
  const beat = setInterval(look, beatMs);
  return {
    read: () => {
      look();
      return { longestPauseMs, driftMs: Math.abs(difference() - differenceAtStartMs) };
    },
    stop: () => clearInterval(beat),
  };
}

const longestPauseAllowedMs = 250;
const driftAllowedMs = 50;
const lateAllowedMs = 20;

/** Why the figures of a run can't be relied on; nothing if they can. */
export function reasonsForDistrust(clock: ClockReport, lateMaxMs: number): string[] {
  const round = (ms: number) => `${Math.round(ms)} ms`;
  return [
    ...(clock.driftMs > driftAllowedMs
      ? [`the machine slept or its clock was set: the clocks moved apart by ${round(clock.driftMs)}`]
      : []),
    ...(clock.longestPauseMs > longestPauseAllowedMs
      ? [`the measuring process stood still for ${round(clock.longestPauseMs)}`]
      : []),
    ...(lateMaxMs > lateAllowedMs ? [`the sender was up to ${round(lateMaxMs)} late`] : []),
  ];
}
