import type { InspectedFunction } from "../inspection.ts";
import type { AsyncEvents } from "./async-events.ts";
import type { EventSourceMapping } from "./event-source-mapping.ts";
import type { LambdaFunction } from "./lambda-function.ts";

interface Parts {
  function: LambdaFunction;
  asyncEvents: AsyncEvents;
  mappings: readonly EventSourceMapping[];
}

/** A function as the inspection shows it; its asynchronous events one by one only `withMessages`. */
export function inspectFunction(
  { function: lambda, asyncEvents, mappings }: Parts,
  { withMessages }: { withMessages: boolean },
): InspectedFunction {
  const { name, invocations, errors, timeouts } = lambda;
  const events = asyncEvents.events();
  const nowMs = Date.now();
  const oldestMs = Math.min(nowMs, ...events.map(({ receivedAtMs }) => receivedAtMs));
  return {
    name,
    mappingEnabled: mappings.some(({ isEnabled }) => isEnabled),
    invocations,
    errors,
    timeouts,
    asyncEvents: {
      received: asyncEvents.received,
      discarded: asyncEvents.discarded,
      waiting: events.filter(({ state }) => state === "waiting").length,
      running: events.filter(({ state }) => state === "running").length,
      oldestAgeSeconds: (nowMs - oldestMs) / 1_000,
      events: withMessages
        ? events.map(({ requestId, payload, state, invokeCount, throttleCount }) => ({
            requestId,
            payload,
            state,
            invokeCount,
            throttleCount,
          }))
        : [],
    },
    environments: lambda
      .environments()
      .flatMap(({ pid, state, bodies }) => (state === "gone" ? [] : [{ pid, state, bodies }])),
  };
}
