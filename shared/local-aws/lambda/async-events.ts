// Lambda's internal queue for asynchronous invocations: what "Lambda retries by itself" means. Rules:
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
// Left out: on AWS only metrics show this queue (AsyncEventsReceived, AsyncEventAge, AsyncEventsDropped), it gets slower
// when it is long, and it may lose events that the function can't keep up with.
import { randomUUID } from "node:crypto";

import type { TraceRecorder } from "#shared/tracing/recorder.ts";
import { systemClock, type Clock } from "../sqs/clock.ts";
import { Duplicates } from "../sqs/duplicates.ts";
import type { Message } from "../sqs/message.ts";
import type { Queue } from "../sqs/queue.ts";
import { payloadOf, type InvocationOutcome } from "./execution-environment.ts";
import type { LambdaFunction } from "./lambda-function.ts";

/** An event that is accepted and not yet finished. */
export interface AsyncEvent {
  requestId: string;
  /** JSON. */
  payload: string;
  receivedAtMs: number;
  state: "waiting" | "running";
  /** How often the function has run for it. */
  invokeCount: number;
  throttleCount: number;
  duplicateAfterMs?: number | undefined;
}

/** An event that Lambda has given up, the reason, and the outcome of its last invocation if it ever ran. */
export interface Discarded {
  event: AsyncEvent;
  condition: "RetriesExhausted" | "EventAgeExceeded";
  lastOutcome?: InvocationOutcome;
}

/** How Lambda works through one function's events. */
export interface AsyncSettings {
  function: Pick<LambdaFunction, "invoke" | "isThrottled">;
  /** Retries after a function error: 0 to 2. */
  maximumRetryAttempts: number;
  /** From 60 to 21,600. */
  maximumEventAgeSeconds: number;
  /** The waits before the retries. On AWS: {@link retryDelaysSecondsOnAws}. */
  retryDelaysSeconds: readonly number[];
  /** Returns where the event was set aside, if it was. */
  onDiscard: (discarded: Discarded) => SetAside | undefined;
  clock?: Clock;
  trace?: TraceRecorder | undefined;
}

/** A queue, and the row that the event became in it. */
export interface SetAside {
  to: string;
  newRow: number;
}

/** Our name in the trace. */
const ourselves = "lambda";

/** One minute before the second attempt, two before the third. */
export const retryDelaysSecondsOnAws: readonly number[] = [60, 120];

// A throttled event waits 1 s, then twice as long each time, up to 5 minutes. AWS doesn't mention jitter.
const throttleBackoffMs = (throttles: number) => Math.min(1_000 * 2 ** (throttles - 1), 300_000);

/** The asynchronous events of one function. */
export class AsyncEvents {
  received = 0;
  discarded = 0;
  readonly #settings: AsyncSettings;
  readonly #clock: Clock;
  readonly #events = new Set<AsyncEvent>();
  /** Due while invocations are disabled. {@link enable} continues them. */
  readonly #held = new Set<AsyncEvent>();
  readonly #timers = new Set<() => void>();
  readonly #running = new Set<Promise<void>>();
  readonly #duplicates = new Duplicates();
  #isEnabled = false;

  constructor(settings: AsyncSettings) {
    this.#settings = settings;
    this.#clock = settings.clock ?? systemClock;
  }

  /** The events that are not finished, the oldest first. */
  events(): readonly AsyncEvent[] {
    return [...this.#events];
  }

  /** Accepts an event, for which the function may run at once. Returns the request id. */
  put(payload: string, by = ""): string {
    const event = this.#add(randomUUID(), payload, by);
    this.#duplicates.mark(event);
    if (event.duplicateAfterMs !== undefined) {
      // "It's possible for it to receive the same event from Lambda multiple times": here only on request.
      this.#after(event.duplicateAfterMs, () =>
        this.#attempt(this.#add(event.requestId, payload, ourselves)),
      );
    }
    this.#attempt(event);
    return event.requestId;
  }

  /** Delivers every n-th event twice from now on, the second time after these delays in turn. 0 stops it. */
  deliverTwice(everyNth: number, delaysMs: number[]): void {
    this.#duplicates.set(everyNth, delaysMs);
  }

  enable(): void {
    this.#isEnabled = true;
    const held = [...this.#held];
    this.#held.clear();
    held.forEach((event) => this.#attempt(event));
  }

  /** Starts no more invocations. Resolves once the running ones have ended. */
  async disable(): Promise<void> {
    this.#isEnabled = false;
    await Promise.all(this.#running);
  }

  /** Drops everything, so that nothing keeps the process alive. */
  close(): void {
    this.#isEnabled = false;
    this.#timers.forEach((cancel) => cancel());
  }

  #add(requestId: string, payload: string, by: string): AsyncEvent {
    const event: AsyncEvent = {
      requestId,
      payload,
      receivedAtMs: this.#clock.nowMs(),
      state: "waiting",
      invokeCount: 0,
      throttleCount: 0,
    };
    this.received += 1;
    this.#events.add(event);
    this.#settings.trace?.note({ kind: "asyncAccepted", body: payload, invocation: requestId, by });
    return event;
  }

  #attempt(event: AsyncEvent, lastOutcome?: InvocationOutcome): void {
    if (this.#clock.nowMs() >= this.#expiresAtMs(event)) {
      this.#discard({ event, condition: "EventAgeExceeded", ...(lastOutcome && { lastOutcome }) });
    } else if (!this.#isEnabled) {
      this.#held.add(event);
    } else if (this.#settings.function.isThrottled) {
      event.throttleCount += 1;
      this.#later(event, throttleBackoffMs(event.throttleCount), lastOutcome);
    } else {
      const run = this.#run(event).finally(() => this.#running.delete(run));
      this.#running.add(run);
    }
  }

  async #run(event: AsyncEvent): Promise<void> {
    const { function: lambda, maximumRetryAttempts, retryDelaysSeconds } = this.#settings;
    event.state = "running";
    event.invokeCount += 1;
    const outcome = await lambda.invoke(event.payload, { bodies: [event.payload] }, event.requestId);
    event.state = "waiting";
    if (outcome.kind === "answered") {
      this.#events.delete(event);
    } else if (event.invokeCount > maximumRetryAttempts) {
      this.#discard({ event, condition: "RetriesExhausted", lastOutcome: outcome });
    } else {
      const delaySeconds = retryDelaysSeconds[event.invokeCount - 1] ?? retryDelaysSeconds.at(-1) ?? 0;
      this.#later(event, delaySeconds * 1_000, outcome);
    }
  }

  #later(event: AsyncEvent, delayMs: number, lastOutcome?: InvocationOutcome): void {
    const leftMs = Math.max(this.#expiresAtMs(event) - this.#clock.nowMs(), 0);
    const waitMs = Math.min(delayMs, leftMs);
    const { requestId: invocation, invokeCount: attempt } = event;
    const againAtMs = this.#clock.nowMs() + waitMs;
    this.#settings.trace?.note({ kind: "asyncRetried", invocation, attempt, againAtMs });
    this.#after(waitMs, () => this.#attempt(event, lastOutcome));
  }

  #discard(discarded: Discarded): void {
    this.#events.delete(discarded.event);
    this.discarded += 1;
    const setAside = this.#settings.onDiscard(discarded);
    const { requestId: invocation } = discarded.event;
    this.#settings.trace?.note({ kind: "asyncDiscarded", invocation, ...setAside });
  }

  #expiresAtMs({ receivedAtMs }: AsyncEvent): number {
    return receivedAtMs + this.#settings.maximumEventAgeSeconds * 1_000;
  }

  #after(delayMs: number, run: () => void): void {
    const cancel = this.#clock.after(delayMs, () => {
      this.#timers.delete(cancel);
      run();
    });
    this.#timers.add(cancel);
  }
}

// The first kilobyte of the message: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
const errorMessageLengthMax = 1_024;

/**
 * Sends to a function's dead-letter queue: the unchanged event, with the error as attributes.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html ("Adding a dead-letter queue")
 */
export function sendToDeadLetterQueue(queue: Queue, { event, lastOutcome }: Discarded): Message {
  const { errorMessage } = errorOf(lastOutcome);
  return queue.send({
    by: ourselves,
    body: event.payload,
    messageAttributes: {
      RequestID: { dataType: "String", stringValue: event.requestId },
      // 200: the function ran and failed. 429: it never ran.
      ErrorCode: { dataType: "Number", stringValue: lastOutcome ? "200" : "429" },
      ErrorMessage: { dataType: "String", stringValue: errorMessage.slice(0, errorMessageLengthMax) },
    },
  });
}

/**
 * Sends to an on-failure destination: a record of the request and its outcome.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html ("Adding a destination")
 */
export function sendToDestination(
  queue: Queue,
  { event, condition, lastOutcome }: Discarded,
  { functionArn }: { functionArn: string },
): Message {
  const record = {
    version: "1.0",
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId: event.requestId,
      functionArn: `${functionArn}:$LATEST`,
      condition,
      approximateInvokeCount: event.invokeCount,
    },
    ...(lastOutcome && {
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      responsePayload: errorOf(lastOutcome),
    }),
  };
  // Inserted as text: an event that is nested thousands of levels deep can be parsed, but not serialized again.
  const body = `{"requestPayload":${event.payload},${JSON.stringify(record).slice(1)}`;
  return queue.send({ body, by: ourselves });
}

const errorOf = (outcome: Discarded["lastOutcome"]) =>
  JSON.parse(outcome ? payloadOf(outcome) : '{"errorMessage":"Rate Exceeded."}') as { errorMessage: string };
