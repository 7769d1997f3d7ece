import { setTimeout as sleep } from "node:timers/promises";

interface Patience {
  /** Default 5,000. */
  withinMs?: number;
  /** Default: a tenth of the time waited so far, from 20 to 200. */
  everyMs?: number;
}

// A look asks several processes. Fifty a second, by three tests at the same time, would take two cores away from what they wait for.
const usualEveryMs = (waitedMs: number) => Math.min(Math.max(waitedMs / 10, 20), 200);

/**
 * Repeats `check` until it neither throws nor returns false, and returns its result. Throws the last error once `withinMs` is over,
 * so that a failed `expect` shows unchanged.
 */
export async function eventually<Result>(
  check: () => Result | Promise<Result>,
  { withinMs = 5_000, everyMs }: Patience = {},
): Promise<Result> {
  const sinceMs = performance.now();
  const untilMs = sinceMs + withinMs;
  for (;;) {
    try {
      const result = await check();
      if (result !== false) {
        return result;
      }
      if (performance.now() > untilMs) {
        throw new Error(`Expected an outcome other than false within ${withinMs} ms`);
      }
    } catch (error) {
      if (performance.now() > untilMs) {
        throw error;
      }
    }
    await sleep(everyMs ?? usualEveryMs(performance.now() - sinceMs));
  }
}
