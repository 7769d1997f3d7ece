// The time of a trace's events. The monotonic clock is precise, and processes of one machine agree on it to a few microseconds. But
// after a sleep or a change of the calendar's clock it differs from that clock, by which queues hide and leases end.
interface Clocks {
  /** By the calendar, in whole milliseconds. */
  calendarMs: () => number;
  /** Since `originMs`. */
  elapsedMs: () => number;
  originMs: number;
}

const lookEveryMs = 1_000;
// Smaller differences come from reading the two clocks one after the other.
const apartMs = 5;
const readWithinMs = 0.5;

/** The calendar's time with fractions of a millisecond. Follows a change of the calendar's clock within a second. */
export function createTraceClock({ calendarMs, elapsedMs, originMs }: Clocks): () => number {
  let aheadMs = 0;
  let lookAtMs = 0;
  return () => {
    const elapsed = elapsedMs();
    if (elapsed >= lookAtMs) {
      const differenceMs = calendarMs() - (originMs + elapsed + aheadMs);
      // This process may have been paused between the two readings, and then it tries again soon.
      if (elapsedMs() - elapsed < readWithinMs) {
        lookAtMs = elapsed + lookEveryMs;
        aheadMs += Math.abs(differenceMs) > apartMs ? differenceMs : 0;
      }
    }
    return originMs + elapsed + aheadMs;
  };
}

/** The clock of this process. */
export const traceNowMs = createTraceClock({
  calendarMs: () => Date.now(),
  elapsedMs: () => performance.now(),
  originMs: performance.timeOrigin,
});
