import { setTimeout as sleep } from "node:timers/promises";

interface Patience {
  /** Default 5,000. */
  withinMs?: number;
  /** Default: a tenth of what it has waited, from 20 to 200. */
  everyMs?: number;
}

// A look asks several processes. Fifty a second, by three tests at once, take a machine of two cores from what is waited for.
const usualEveryMs = (waitedMs: number) => Math.min(Math.max(waitedMs / 10, 20), 200);

/**
 * Tries `check` again and again until it neither throws nor gives false, and returns what it gave.
 * Throws the last error once `withinMs` is over, so that a failed `expect` is shown as it was.
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
