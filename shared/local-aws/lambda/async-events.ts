// Lambda's queue for asynchronous invocations: what "Lambda retries by itself" means. Rules:
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
// What it leaves out: on AWS only metrics show this queue (AsyncEventsReceived, AsyncEventAge, AsyncEventsDropped), it
// slows down when it is long, and it may lose events that the function can't keep up with.
import { randomUUID } from "node:crypto";

import { systemClock, type Clock } from "../sqs/clock.ts";
import { Duplicates } from "../sqs/duplicates.ts";
import type { Queue } from "../sqs/queue.ts";
import { payloadOf, type InvocationOutcome } from "./execution-environment.ts";
import type { LambdaFunction } from "./lambda-function.ts";

/** An event that was accepted and not yet done. */
export interface AsyncEvent {
  requestId: string;
  /** JSON. */
  payload: string;
  receivedAtMs: number;
  state: "waiting" | "running";
  /** How often the function ran for it. */
  invokeCount: number;
  throttleCount: number;
  duplicateAfterMs?: number | undefined;
}

/** An event that Lambda has given up, why, and what the function said last, if it ever ran. */
export interface Discarded {
  event: AsyncEvent;
  condition: "RetriesExhausted" | "EventAgeExceeded";
  lastOutcome?: InvocationOutcome;
}

/** How Lambda works through the events of one function. */
export interface AsyncSettings {
  function: Pick<LambdaFunction, "invoke" | "isThrottled">;
  /** After a function error: 0 to 2. */
  maximumRetryAttempts: number;
  /** From 60 to 21,600. */
  maximumEventAgeSeconds: number;
  /** The waits before the retries. AWS: {@link retryDelaysSecondsOnAws}. */
  retryDelaysSeconds: readonly number[];
  onDiscard: (discarded: Discarded) => void;
  clock?: Clock;
}

/** One minute before the second attempt, two before the third. */
export const retryDelaysSecondsOnAws: readonly number[] = [60, 120];

// A throttled event waits from 1 s, doubled each time, to 5 minutes. AWS says nothing of jitter.
const throttleBackoffMs = (throttles: number) => Math.min(1_000 * 2 ** (throttles - 1), 300_000);

/** The asynchronous events of one function. */
export class AsyncEvents {
  received = 0;
  discarded = 0;
  readonly #settings: AsyncSettings;
  readonly #clock: Clock;
  readonly #events = new Set<AsyncEvent>();
  /** Due while nothing may run: they go on with {@link enable}. */
  readonly #held = new Set<AsyncEvent>();
  readonly #timers = new Set<() => void>();
  readonly #running = new Set<Promise<void>>();
  readonly #duplicates = new Duplicates();
  #isEnabled = false;

  constructor(settings: AsyncSettings) {
    this.#settings = settings;
    this.#clock = settings.clock ?? systemClock;
  }

  /** Those that are not done, the oldest first. */
  events(): readonly AsyncEvent[] {
    return [...this.#events];
  }

  /** Takes an event; the function may run for it at once. Gives the request's id. */
  put(payload: string): string {
    const event = this.#add(randomUUID(), payload);
    this.#duplicates.mark(event);
    if (event.duplicateAfterMs !== undefined) {
      // "It's possible for it to receive the same event from Lambda multiple times": here on request only.
      this.#after(event.duplicateAfterMs, () => this.#attempt(this.#add(event.requestId, payload)));
    }
    this.#attempt(event);
    return event.requestId;
  }

  /** From now on every n-th event comes twice, the second after these delays in turn; 0 ends it. */
  deliverTwice(everyNth: number, delaysMs: number[]): void {
    this.#duplicates.set(everyNth, delaysMs);
  }

  enable(): void {
    this.#isEnabled = true;
    const held = [...this.#held];
    this.#held.clear();
    held.forEach((event) => this.#attempt(event));
  }

  /** Starts no invocation any more; resolves once those that run have ended. */
  async disable(): Promise<void> {
    this.#isEnabled = false;
    await Promise.all(this.#running);
  }

  /** Forgets everything, so that nothing is left that could keep a process alive. */
  close(): void {
    this.#isEnabled = false;
    this.#timers.forEach((cancel) => cancel());
  }

  #add(requestId: string, payload: string): AsyncEvent {
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
    const outcome = await lambda.invoke(event.payload, [event.payload], event.requestId);
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
    this.#after(Math.min(delayMs, leftMs), () => this.#attempt(event, lastOutcome));
  }

  #discard(discarded: Discarded): void {
    this.#events.delete(discarded.event);
    this.discarded += 1;
    this.#settings.onDiscard(discarded);
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

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html: the message's first kilobyte.
const errorMessageLengthMax = 1_024;

/**
 * What a function's dead-letter queue gets: the event as it came, and the error beside it.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html ("Adding a dead-letter queue")
 */
export function sendToDeadLetterQueue(queue: Queue, { event, lastOutcome }: Discarded): void {
  const { errorMessage } = errorOf(lastOutcome);
  queue.send({
    body: event.payload,
    messageAttributes: {
      RequestID: { dataType: "String", stringValue: event.requestId },
      // 200: the function ran and failed. 429: it never got its turn.
      ErrorCode: { dataType: "Number", stringValue: lastOutcome ? "200" : "429" },
      ErrorMessage: { dataType: "String", stringValue: errorMessage.slice(0, errorMessageLengthMax) },
    },
  });
}

/**
 * What an on-failure destination gets: a record of the request and of what became of it.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html ("Adding a destination")
 */
export function sendToDestination(
  queue: Queue,
  { event, condition, lastOutcome }: Discarded,
  { functionArn }: { functionArn: string },
): void {
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
  // As text: an event that is nested thousands of times can't be written again from what it was read to.
  queue.send({ body: `{"requestPayload":${event.payload},${JSON.stringify(record).slice(1)}` });
}

const errorOf = (outcome: Discarded["lastOutcome"]) =>
  JSON.parse(outcome ? payloadOf(outcome) : '{"errorMessage":"Rate Exceeded."}') as { errorMessage: string };
