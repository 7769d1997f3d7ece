import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";

const queueSchema = z.object({
  url: z.string(),
  visible: z.number(),
  inFlight: z.number(),
  delayed: z.number(),
  messages: z.array(z.object({ body: z.string() })).default([]),
});
const environmentSchema = z.object({ state: z.string(), bodies: z.array(z.string()).default([]) });
// Events that wait in Lambda's own queue; those that run are in an environment.
const asyncEventsSchema = z.object({
  waiting: z.number(),
  running: z.number(),
  events: z.array(z.object({ payload: z.string() })),
});
const functionSchema = z.object({
  asyncEvents: asyncEventsSchema.default({ waiting: 0, running: 0, events: [] }),
  environments: z.array(environmentSchema),
});
const inspectionSchema = z.object({ queues: z.array(queueSchema), functions: z.array(functionSchema) });

export type Seen = z.infer<typeof inspectionSchema>;

/** What the benchmark needs of the embedded AWS's read-only view; without bodies it is cheap enough to poll. */
export async function inspect(inspectUrl: string, bodies: "with bodies" | "without"): Promise<Seen> {
  const url = new URL(inspectUrl);
  if (bodies === "without") {
    url.searchParams.set("bodies", "no");
  }
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  return inspectionSchema.parse(await response.json());
}

/** How much there is that can still change something. Dead-letter queues keep what they have: they don't count. */
export interface Activity {
  queued: number;
  busyFunctions: number;
  vendorCalls: number;
}

export function activityOf(
  seen: Seen,
  deadLetterQueueUrl: string | undefined,
  vendorCalls: number,
): Activity {
  const queued = seen.queues
    .filter(({ url }) => url !== deadLetterQueueUrl)
    .reduce((sum, { visible, inFlight, delayed }) => sum + visible + inFlight + delayed, 0);
  const environments = seen.functions.flatMap((each) => each.environments);
  const waiting = seen.functions.reduce((sum, { asyncEvents }) => sum + asyncEvents.waiting, 0);
  return {
    queued: queued + waiting,
    busyFunctions: environments.filter(({ state }) => state === "busy").length,
    vendorCalls,
  };
}

interface QuietOptions {
  look: () => Promise<Activity>;
  /** Not before this moment: until then something may still come by itself. By `performance.now()`. */
  notBeforeMs: number;
  limitAtMs: number;
  signal?: AbortSignal;
  everyMs?: number;
  quietForMs?: number;
}

// Between a vendor's answer and the row that tells of it there is nothing to see: quiet means quiet for a while.
const usuallyQuietForMs = 400;

/** Waits until nothing can change any more, or the limit. */
export async function untilQuiet(options: QuietOptions): Promise<"quiet" | "limit"> {
  const { look, notBeforeMs, limitAtMs, signal, everyMs = 100, quietForMs = usuallyQuietForMs } = options;
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
