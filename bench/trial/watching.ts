import { setTimeout as sleep } from "node:timers/promises";
import { readInspection } from "#shared/local-aws/inspection.ts";
import type { Inspection } from "#shared/local-aws/inspection.ts";
import type { Sample } from "#shared/results.ts";
import type { ReachableChapter } from "#shared/run/running-chapter.ts";

/** How much is left that can still change something. Dead-letter queues keep what they have, so they don't count. */
export interface Activity {
  queued: number;
  busyFunctions: number;
  vendorCalls: number;
}

type Watched = Pick<ReachableChapter, "inspectUrl" | "outputs" | "vendor">;

/** One look at the queues, the functions and the vendor that changes nothing. */
export async function lookAt(
  running: Watched,
): Promise<{ activity: Activity; sample: Omit<Sample, "atMs"> }> {
  const [seen, { open, inLine }] = await Promise.all([inspect(running, "without"), running.vendor.summary()]);
  return seenAs(seen, running.outputs["DEAD_LETTER_QUEUE_URL"], open + inLine);
}

/** The queues and the functions at this moment. Bodies on an account take a few seconds. */
export function inspect({ inspectUrl }: Pick<Watched, "inspectUrl">, bodies: "with" | "without") {
  return readInspection(inspectUrl, bodies);
}

/** What was seen at one moment, as a sample and as what is still to do. */
export function seenAs(
  { queues, functions }: Pick<Inspection, "queues" | "functions">,
  deadLetterQueueUrl: string | undefined,
  vendorOpen: number,
): { activity: Activity; sample: Omit<Sample, "atMs"> } {
  const sum = (of: "visible" | "inFlight" | "delayed", deadLetter: boolean) =>
    queues
      .filter(({ url }) => (url === deadLetterQueueUrl) === deadLetter)
      .reduce((total, queue) => total + queue[of], 0);
  const events = (state: "waiting" | "running") =>
    functions.reduce((total, { asyncEvents }) => total + asyncEvents[state], 0);
  // AWS doesn't show what waits inside Lambda. Here it counts with the queue's.
  const visible = sum("visible", false) + sum("delayed", false) + events("waiting");
  return {
    activity: {
      queued: visible + sum("inFlight", false),
      busyFunctions: functions
        .flatMap(({ environments }) => environments)
        .filter(({ state }) => state === "busy").length,
      vendorCalls: vendorOpen,
    },
    sample: {
      visible,
      inFlight: sum("inFlight", false) + events("running"),
      setAside: sum("visible", true) + sum("inFlight", true),
      vendorOpen,
    },
  };
}

interface QuietOptions {
  look: () => Promise<Activity>;
  /** Not before this moment, by `performance.now()`: until then something may still come by itself. */
  notBeforeMs?: number;
  limitAtMs: number;
  signal?: AbortSignal;
  everyMs?: number;
  quietForMs?: number;
}

// Between a vendor's answer and the row that records it there is nothing to see, so quiet has to last a while.
const usuallyQuietForMs = 400;

/** Waits until nothing can change any more, or for the limit. */
export async function untilQuiet(options: QuietOptions): Promise<"quiet" | "limit"> {
  const { look, notBeforeMs = 0, limitAtMs, signal, everyMs = 100, quietForMs = usuallyQuietForMs } = options;
  let quietSinceMs: number | undefined;
  for (;;) {
    const { queued, busyFunctions, vendorCalls } = await look();
    const nowMs = performance.now();
    quietSinceMs = queued + busyFunctions + vendorCalls > 0 ? undefined : (quietSinceMs ?? nowMs);
    if (quietSinceMs !== undefined && nowMs - quietSinceMs >= quietForMs && nowMs >= notBeforeMs) {
      return "quiet";
    }
    if (nowMs >= limitAtMs) {
      return "limit";
    }
    await sleep(Math.min(everyMs, limitAtMs - nowMs), undefined, { signal });
  }
}

interface WatchOptions {
  running: Watched;
  /** Undefined: it doesn't look at all. */
  everyMs: number | undefined;
  startAtMs: number;
  signal: AbortSignal;
}

/** Looks at regular intervals until it is stopped, and then a last time. */
export function watch({ running, everyMs, startAtMs, signal }: WatchOptions): {
  stop: () => void;
  samples: () => Promise<Sample[]>;
} {
  const enough = new AbortController();
  const either = AbortSignal.any([signal, enough.signal]);
  const looking =
    everyMs === undefined ? Promise.resolve([]) : samplesUntil(either, { running, everyMs, startAtMs });
  // The caller who asks for the samples gets the error.
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

async function samplesUntil(
  signal: AbortSignal,
  { running, everyMs, startAtMs }: { running: Watched; everyMs: number; startAtMs: number },
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let nextAtMs = startAtMs; !signal.aborted; nextAtMs += everyMs) {
    // The end cuts the wait short, and needs no further look.
    await sleep(Math.max(nextAtMs - performance.now(), 0), undefined, { signal }).catch(() => {});
    const { sample } = await lookAt(running);
    samples.push({ atMs: Math.round(performance.now() - startAtMs), ...sample });
    nextAtMs = Math.max(nextAtMs, performance.now() - everyMs);
  }
  return samples;
}
