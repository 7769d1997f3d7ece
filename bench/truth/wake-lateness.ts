import { arrivals } from "../plan/arrivals.ts";
import { quantiles } from "../figures/statistics.ts";

/**
 * How late this machine wakes a thread that only sleeps till its next moment, and does nothing else: nobody who sends on
 * time can be earlier. It blocks the thread that calls it.
 */
export function wakeLateness({ perSecond, seconds, seed }: Record<"perSecond" | "seconds" | "seed", number>) {
  const never = new Int32Array(new SharedArrayBuffer(4));
  const startAtMs = performance.now();
  const lateMs = arrivals([{ perSecond, seconds }], seed).map((dueMs) => {
    const leftMs = startAtMs + dueMs - performance.now();
    // Nobody notifies it: it ends with its time, which may have parts of a millisecond.
    Atomics.wait(never, 0, 0, Math.max(leftMs, 0));
    return Math.max(performance.now() - startAtMs - dueMs, 0);
  });
  return quantiles({ finishedMs: lateMs, never: 0 });
}
