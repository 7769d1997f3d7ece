import * as z from "zod";
import { readInspection } from "#shared/local-aws/inspection.ts";
import type { Inspection } from "#shared/local-aws/inspection.ts";
import { endsWithin } from "#shared/run/child-process.ts";
import { invokesFunction } from "#shared/run/running-chapter.ts";
import type { RunningChapter } from "#shared/run/running-chapter.ts";

/** The state of an activation's message. */
export interface Delivery {
  /** "hidden": received, but no one works on it. It failed, or its consumer died. */
  state: "waiting" | "in work" | "hidden" | "set aside";
  /** How often it was received. */
  tries: number;
  /** How many tries until it is set aside. Undefined: never. */
  mostTries?: number;
  /** For a hidden one. */
  comesBackAtMs?: number;
}

/** What the screen reads again and again. Leaves out what couldn't be read. */
export interface Figures {
  /** `hidden` is a part of `inFlight`. Undefined where messages can't be inspected. */
  queue?: { visible: number; inFlight: number; delayed: number; hidden?: number };
  /** By eventId. */
  deliveries?: ReadonlyMap<string, Delivery>;
  setAside?: number;
  /** The number of live execution environments. */
  environments?: number;
  vendor?: { calls: number; provisioned: number; doubled: number; open: number; inLine: number };
  weather?: { outage: boolean; poisoned: number };
  isApiUp: boolean;
  isWorkerUp: boolean;
}

const healthWithinMs = 1_000;
// Long enough to see whether a promise is settled.
const momentMs = 10;

/** Reads what it can at this moment, and leaves out what doesn't answer. Never throws. */
export async function readFigures(running: RunningChapter): Promise<Figures> {
  const { outputs, inspectUrl, vendor } = running;
  // On another emulator, looking at a message means receiving it.
  const canLook = running.aws.pid !== undefined;
  const [inspection, summary, weather, openCalls, up] = await Promise.all([
    orNothing(readInspection(inspectUrl, canLook ? "with" : "without")),
    orNothing(vendor.summary()),
    orNothing(vendor.weather()),
    orNothing(vendor.openCalls()),
    whoIsUp(running),
  ]);
  const queueAt = (url: string | undefined) => inspection?.queues.find((queue) => queue.url === url);
  const queue = invokesFunction(running) ? insideOfLambda(inspection) : queueAt(outputs["QUEUE_URL"]);
  const deadLetters = queueAt(outputs["DEAD_LETTER_QUEUE_URL"]);
  const deliveries =
    canLook && inspection && openCalls && !invokesFunction(running)
      ? deliveriesIn(inspection, openCalls, outputs["DEAD_LETTER_QUEUE_URL"])
      : undefined;
  const hidden = deliveries && [...deliveries.values()].filter(({ state }) => state === "hidden").length;
  return {
    ...up,
    ...(queue && {
      queue: {
        visible: queue.visible,
        inFlight: queue.inFlight,
        delayed: queue.delayed,
        ...(hidden !== undefined && { hidden }),
      },
    }),
    ...(deliveries && { deliveries }),
    ...(deadLetters && { setAside: deadLetters.visible + deadLetters.inFlight }),
    ...(inspection && {
      environments: inspection.functions.reduce((sum, { environments }) => sum + environments.length, 0),
    }),
    ...(summary && { vendor: summary }),
    ...(weather && { weather: { outage: weather.outage, poisoned: weather.poison.length } }),
  };
}

/**
 * Ignores states that last a moment only: between its receive and its vendor call a message looks hidden too, so it counts as
 * hidden only if it looks so twice.
 */
export function withoutMoments(now: Figures, before: Figures): Figures {
  const { queue, deliveries } = now;
  if (queue === undefined || deliveries === undefined) {
    return now;
  }
  const steady = new Map(
    [...deliveries].map(([eventId, delivery]): [string, Delivery] => {
      const former = before.deliveries?.get(eventId);
      const isMoment =
        delivery.state === "hidden" && (former?.state !== "hidden" || former.tries !== delivery.tries);
      return [eventId, isMoment ? { ...delivery, state: "in work" } : delivery];
    }),
  );
  const hidden = [...steady.values()].filter(({ state }) => state === "hidden").length;
  return { ...now, queue: { ...queue, hidden }, deliveries: steady };
}

/** Whether failing messages are set aside: a dead-letter queue that no policy names stays empty. */
export async function setsAside(running: RunningChapter): Promise<boolean> {
  if (running.outputs["DEAD_LETTER_QUEUE_URL"] === undefined) {
    return false;
  }
  const inspection = await orNothing(readInspection(running.inspectUrl, "without"));
  // For Lambda's internal queue a failure destination takes the place of a policy.
  return (
    invokesFunction(running) ||
    inspection === undefined ||
    inspection.queues.some(({ maxReceiveCount }) => maxReceiveCount !== undefined)
  );
}

/** The state of each message. One in flight is in work if a function has it, or if the vendor is called for its device. */
export function deliveriesIn(
  { queues, functions }: Pick<Inspection, "queues" | "functions">,
  openCalls: readonly string[],
  deadLetterQueueUrl: string | undefined,
): Map<string, Delivery> {
  const inHand = new Set(
    functions.flatMap(({ environments }) => environments).flatMap(({ bodies }) => bodies),
  );
  return new Map(
    queues.flatMap(({ url, maxReceiveCount, messages }) =>
      messages.flatMap(({ body, state, receiveCount, visibleAtMs }): [string, Delivery][] => {
        const { eventId, macAddress } = namesIn(body);
        const isInWork = inHand.has(body) || openCalls.includes(macAddress);
        const delivery: Delivery = {
          state:
            url === deadLetterQueueUrl
              ? "set aside"
              : state !== "inFlight"
                ? "waiting"
                : isInWork
                  ? "in work"
                  : "hidden",
          tries: receiveCount,
          ...(maxReceiveCount !== undefined && { mostTries: maxReceiveCount }),
          ...(state === "inFlight" && visibleAtMs !== undefined && { comesBackAtMs: visibleAtMs }),
        };
        return eventId === "" ? [] : [[eventId, delivery]];
      }),
    ),
  );
}

const namesSchema = z.object({ eventId: z.string(), macAddress: z.string() });

/** A participant's chapter may send anything. Returns no names for what it doesn't understand. */
function namesIn(body: string): z.infer<typeof namesSchema> {
  try {
    return namesSchema.parse(JSON.parse(body));
  } catch {
    return { eventId: "", macAddress: "" };
  }
}

/** Lambda's internal queue, which takes the place of SQS here. AWS doesn't show it. */
function insideOfLambda(inspection: Inspection | undefined) {
  const events = inspection?.functions.map(({ asyncEvents }) => asyncEvents);
  const sum = (of: "waiting" | "running") => events?.reduce((total, each) => total + each[of], 0) ?? 0;
  return events && { visible: sum("waiting"), inFlight: sum("running"), delayed: 0 };
}

async function whoIsUp(running: RunningChapter): Promise<{ isApiUp: boolean; isWorkerUp: boolean }> {
  if (await endsWithin(running.whenReady(), momentMs)) {
    return { isApiUp: true, isWorkerUp: true };
  }
  // The API or the worker is restarting. If the API answers, it is the worker.
  const health = await orNothing(
    fetch(new URL("/healthz", running.apiUrl), { signal: AbortSignal.timeout(healthWithinMs) }),
  );
  await health?.body?.cancel();
  return { isApiUp: health?.ok === true, isWorkerUp: health?.ok !== true };
}

async function orNothing<Result>(promise: Promise<Result>): Promise<Result | undefined> {
  try {
    return await promise;
  } catch {
    return undefined;
  }
}
