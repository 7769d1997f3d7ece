import { setTimeout as sleep } from "node:timers/promises";

interface Patience {
  /** Default 5,000. */
  withinMs?: number;
  /** Default 20. */
  everyMs?: number;
}

/**
 * Tries `check` again and again until it neither throws nor gives false, and returns what it gave.
 * Throws the last error once `withinMs` is over, so that a failed `expect` is shown as it was.
 */
export async function eventually<Result>(
  check: () => Result | Promise<Result>,
  { withinMs = 5_000, everyMs = 20 }: Patience = {},
): Promise<Result> {
  const untilMs = performance.now() + withinMs;
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
    await sleep(everyMs);
  }
}
