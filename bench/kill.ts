import { setTimeout as sleep } from "node:timers/promises";
import type { Kill } from "#shared/results.ts";
import type { RunningChapter } from "./running.ts";

interface KillOptions {
  atMs: number;
  startAtMs: number;
  poison: readonly string[];
  running: RunningChapter;
  signal: AbortSignal;
}

// A call to the vendor takes about half a second.
const waitForPoisonMs = 1_500;

/**
 * `kill -9` of what does the work, from the given moment on as soon as the youngest call at the vendor, which is the one
 * that dies, is for a healthy device. A poison one can't tell lost work from saved work: nobody could have finished it.
 */
export async function killAt({ atMs, startAtMs, poison, running, signal }: KillOptions): Promise<Kill> {
  const dueMs = startAtMs + atMs;
  await sleep(Math.max(dueMs - performance.now(), 0), undefined, { signal });
  while (poison.includes((await running.vendor.openCalls()).at(-1) ?? "")) {
    if (performance.now() > dueMs + waitForPoisonMs) {
      break;
    }
    await sleep(20, undefined, { signal });
  }
  const target = running.worksWith();
  const { openCalls } = await running.kill(target);
  return { atMs: performance.now() - startAtMs, target, openCalls };
}
