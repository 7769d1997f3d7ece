// The time of a trace's events. The clock that never stops is exact, and processes of one machine agree about it to some
// microseconds; but a laptop that slept, and a clock that was set, leave it behind the calendar's, by which queues hide and leases end.
interface Clocks {
  /** By the calendar, to a millisecond. */
  calendarMs: () => number;
  /** Since `originMs`. */
  elapsedMs: () => number;
  originMs: number;
}

const lookEveryMs = 1_000;
// Less is how the two clocks are read, one after the other.
const apartMs = 5;
const readWithinMs = 0.5;

/** Tells the calendar's time in fractions of a millisecond: exact, and at most a second behind a calendar that was changed. */
export function createTraceClock({ calendarMs, elapsedMs, originMs }: Clocks): () => number {
  let aheadMs = 0;
  let lookAtMs = 0;
  return () => {
    const elapsed = elapsedMs();
    if (elapsed >= lookAtMs) {
      const differenceMs = calendarMs() - (originMs + elapsed + aheadMs);
      // Between the two readings this process may have been made to wait; then it looks again soon.
      if (elapsedMs() - elapsed < readWithinMs) {
        lookAtMs = elapsed + lookEveryMs;
        aheadMs += Math.abs(differenceMs) > apartMs ? differenceMs : 0;
      }
    }
    return originMs + elapsed + aheadMs;
  };
}

/** Of this process. */
export const traceNowMs = createTraceClock({
  calendarMs: () => Date.now(),
  elapsedMs: () => performance.now(),
  originMs: performance.timeOrigin,
});
