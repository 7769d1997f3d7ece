/** The calendar's clock can be changed, and goes on while the machine sleeps. The steady one does neither. */
export interface Clocks {
  wallMs: () => number;
  steadyMs: () => number;
}

export const thisMachines: Clocks = { wallMs: () => Date.now(), steadyMs: () => performance.now() };

const preciseMs = 1;
const mostTries = 20;

/**
 * How far the calendar's clock is ahead of the steady one, in ms. On a busy machine a process may have to wait between looking at the
 * one and at the other: then it looks again, and the quickest look counts.
 */
export function clockDifferenceMs({ wallMs, steadyMs }: Clocks = thisMachines): number {
  let [differenceMs, quickestMs] = [0, Infinity];
  for (let tries = 0; tries < mostTries && quickestMs > preciseMs; tries += 1) {
    const beforeMs = steadyMs();
    const seenMs = wallMs() - beforeMs;
    const tookMs = steadyMs() - beforeMs;
    if (tookMs < quickestMs) {
      [differenceMs, quickestMs] = [seenMs, tookMs];
    }
  }
  return differenceMs;
}
