import { setTimeout as sleep } from "node:timers/promises";
import type { Sample } from "#shared/results.ts";
import { activityOf, inspect } from "./activity.ts";
import type { Activity } from "./activity.ts";
import type { RunningChapter } from "./running.ts";

type Looked = RunningChapter & { outputs: Record<string, string> };

/** One look at the queues, the functions and the vendor, without changing anything. */
export async function lookAt(
  running: Pick<Looked, "inspectUrl" | "outputs" | "vendor">,
): Promise<{ activity: Activity; sample: Omit<Sample, "atMs"> }> {
  const [seen, { open, inLine }] = await Promise.all([
    inspect(running.inspectUrl, "without"),
    running.vendor.summary(),
  ]);
  const deadLetterQueueUrl = running.outputs["DEAD_LETTER_QUEUE_URL"];
  const sum = (of: "visible" | "inFlight" | "delayed", deadLetter: boolean) =>
    seen.queues
      .filter(({ url }) => (url === deadLetterQueueUrl) === deadLetter)
      .reduce((total, queue) => total + queue[of], 0);
  const events = (state: "waiting" | "running") =>
    seen.functions.reduce((total, { asyncEvents }) => total + asyncEvents[state], 0);
  return {
    activity: activityOf(seen, deadLetterQueueUrl, open + inLine),
    sample: {
      // On AWS nobody sees what waits inside of Lambda; here it stands with the queue's.
      visible: sum("visible", false) + sum("delayed", false) + events("waiting"),
      inFlight: sum("inFlight", false) + events("running"),
      setAside: sum("visible", true) + sum("inFlight", true),
      vendorOpen: open + inLine,
    },
  };
}

interface WatchOptions {
  running: RunningChapter;
  /** Undefined: it doesn't look at all. */
  everyMs: number | undefined;
  startAtMs: number;
  signal: AbortSignal;
}

/** Looks every so often until it is stopped, a last time then. */
export function watch({ running, everyMs, startAtMs, signal }: WatchOptions): {
  stop: () => void;
  samples: () => Promise<Sample[]>;
} {
  const enough = new AbortController();
  const either = AbortSignal.any([signal, enough.signal]);
  const looking = everyMs === undefined ? Promise.resolve([]) : look(running, everyMs, startAtMs, either);
  // Whoever asks for the samples hears of it.
  looking.catch(() => {});
  const stop = () => enough.abort();
  return {
    stop,
    samples: async () => {
      stop();
      return await looking;
    },
  };
}

async function look(
  running: RunningChapter,
  everyMs: number,
  startAtMs: number,
  signal: AbortSignal,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let nextAtMs = startAtMs; !signal.aborted; nextAtMs += everyMs) {
    // Cut short by the end, which asks for no further look.
    await sleep(Math.max(nextAtMs - performance.now(), 0), undefined, { signal }).catch(() => {});
    const { sample } = await lookAt(running);
    samples.push({ atMs: Math.round(performance.now() - startAtMs), ...sample });
    nextAtMs = Math.max(nextAtMs, performance.now() - everyMs);
  }
  return samples;
}
