import { md5OfAttributes } from "../sqs/api/message-attributes.ts";
import { SqsError } from "../sqs/errors.ts";
import type { Queue } from "../sqs/queue.ts";
import type { MessageAttribute, ReceivedMessage } from "../sqs/message.ts";
import type { EventSource } from "../template/stack.ts";
import type { InvocationOutcome } from "./execution-environment.ts";
import { environmentsMax, type LambdaFunction } from "./lambda-function.ts";

const longPollSeconds = 20;
const receivedAtOnceMax = 10;
// AWS starts with five batches at a time and adds more while there is a backlog. Here it stays at five.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
const concurrencyWithoutLimit = 5;
// The largest payload of an invocation: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const batchBytesMax = 6 * 1024 * 1024;
const messageBytesMax = 1024 * 1024;
// The name of the pollers in the trace.
const pollers = "lambda";

/** What an event source mapping connects. */
export interface MappingSettings {
  queue: Queue;
  function: LambdaFunction;
  source: EventSource;
  /** Replaces the source's own maximum. */
  maximumConcurrency?: number | undefined;
  region: string;
  onLine: (source: string, line: string) => void;
}

/**
 * Lambda's poller between a queue and a function. For a FIFO queue it runs at most one batch per message group, so at most as
 * many batches as there are groups. Messages that the function names as failed come back, and the function itself has to stop
 * at the first failure: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html and services-sqs-errorhandling.html.
 * Unlike AWS, it doesn't back off when a function keeps failing without ReportBatchItemFailures, and it uses one long poll
 * instead of five.
 */
export class EventSourceMapping {
  readonly #settings: MappingSettings;
  readonly #concurrency: number;
  readonly #running = new Set<Promise<void>>();
  #stopPolling: AbortController | undefined;
  #pollerEnded = Promise.resolve();

  constructor(settings: MappingSettings) {
    this.#settings = settings;
    const { source, maximumConcurrency = source.maximumConcurrency } = settings;
    this.#concurrency = Math.min(maximumConcurrency ?? concurrencyWithoutLimit, environmentsMax);
  }

  get source(): EventSource {
    return this.#settings.source;
  }

  get isEnabled(): boolean {
    return this.#stopPolling !== undefined;
  }

  /** Starts polling. */
  enable(): void {
    if (!this.#stopPolling) {
      const stop = new AbortController();
      this.#stopPolling = stop;
      // Two pollers at the same time could start one invocation too many.
      this.#pollerEnded = this.#pollerEnded.then(() => this.#poll(stop.signal));
    }
  }

  /** Stops polling. Resolves once the running invocations have ended. */
  async disable(): Promise<void> {
    this.#stopPolling?.abort();
    this.#stopPolling = undefined;
    await this.#pollerEnded;
    await Promise.all(this.#running);
  }

  async #poll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Polls only with a free slot: a waiting message would be in flight, and its visibility timeout would run.
      if (this.#running.size >= this.#concurrency) {
        await Promise.race(this.#running);
        continue;
      }
      const messages = await this.#gather(signal);
      if (messages.length > 0) {
        // A function may make one message of its batch visible again while it still works on the others. On AWS the pollers hold it
        // back; here the queue does, so other consumers have to wait too.
        const letGo = this.#settings.queue.hold(messages);
        const run = this.#run(messages).finally(() => {
          this.#running.delete(run);
          letGo();
        });
        this.#running.add(run);
      }
    }
  }

  /** Collects one batch: what is there at once, or what arrives within the batching window after the first message. */
  async #gather(signal: AbortSignal): Promise<ReceivedMessage[]> {
    const { batchSize, batchingWindowSeconds } = this.#settings.source;
    const batch = await this.#receive(batchSize, longPollSeconds, signal);
    const untilMs = performance.now() + batchingWindowSeconds * 1_000;
    let bytes = bytesOf(batch);
    while (batch.length > 0 && batch.length < batchSize && bytes + messageBytesMax <= batchBytesMax) {
      const leftSeconds = (untilMs - performance.now()) / 1_000;
      if (leftSeconds <= 0 || signal.aborted) {
        break;
      }
      const more = await this.#receive(
        batchSize - batch.length,
        Math.min(leftSeconds, longPollSeconds),
        signal,
      );
      bytes += bytesOf(more);
      batch.push(...more);
    }
    return batch;
  }

  #receive(wanted: number, waitTimeSeconds: number, signal: AbortSignal): Promise<ReceivedMessage[]> {
    const maxNumberOfMessages = Math.min(wanted, receivedAtOnceMax);
    return this.#settings.queue.receive({ maxNumberOfMessages, waitTimeSeconds, signal, by: pollers });
  }

  async #run(messages: readonly ReceivedMessage[]): Promise<void> {
    const { queue, function: lambda, source, region, onLine } = this.#settings;
    const event = eventOf(messages, { arn: queue.arn, region });
    const outcome = await lambda.invoke(JSON.stringify(event), {
      bodies: messages.map(({ body }) => body),
      rows: messages.map(({ row }) => row),
      failedRows: (ended) => {
        const done = judge(messages, ended, source).succeeded;
        return messages.filter((message) => !done.includes(message)).map(({ row }) => row);
      },
    });
    const { succeeded, problem } = judge(messages, outcome, source);
    if (problem) {
      onLine(lambda.name, `${problem}: all ${messages.length} messages of this batch will come back`);
    }
    for (const message of succeeded) {
      this.#delete(message);
    }
  }

  #delete({ messageId, receiptHandle }: ReceivedMessage): void {
    const { queue, function: lambda, onLine } = this.#settings;
    try {
      queue.delete(receiptHandle, pollers);
    } catch (error) {
      if (!(error instanceof SqsError)) {
        throw error;
      }
      // A FIFO queue's handle expires with the visibility timeout, and an environment may take longer to start.
      onLine(
        lambda.name,
        `${messageId} was done too late to be deleted, and will come back: ${error.message}`,
      );
    }
  }
}

const bytesOf = (messages: readonly ReceivedMessage[]) =>
  messages.reduce((bytes, { body }) => bytes + Buffer.byteLength(body), 0);

/** The event that a function gets for a batch: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
function eventOf(messages: readonly ReceivedMessage[], queue: { arn: string; region: string }) {
  return {
    Records: messages.map(({ messageAttributes, ...message }) => ({
      messageId: message.messageId,
      receiptHandle: message.receiptHandle,
      body: message.body,
      attributes: message.attributes,
      messageAttributes: Object.fromEntries(
        Object.entries(messageAttributes).map(([name, attribute]) => [name, recordAttribute(attribute)]),
      ),
      md5OfBody: message.md5OfBody,
      ...(Object.keys(messageAttributes).length > 0 && {
        md5OfMessageAttributes: md5OfAttributes(messageAttributes),
      }),
      eventSource: "aws:sqs",
      eventSourceARN: queue.arn,
      awsRegion: queue.region,
    })),
  };
}

// AWS reserves the lists, and they are always empty.
const recordAttribute = (attribute: MessageAttribute) => ({
  ...attribute,
  stringListValues: [],
  binaryListValues: [],
});

/**
 * Decides which messages of a batch succeeded. The mapping deletes those; the others come back when their visibility timeout
 * ends. `problem` says why the whole batch counts as failed although the handler answered. Rules:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html ("Success and failure conditions")
 */
function judge(
  messages: readonly ReceivedMessage[],
  outcome: InvocationOutcome,
  { reportsBatchItemFailures }: { reportsBatchItemFailures: boolean },
): { succeeded: ReceivedMessage[]; problem?: string } {
  if (outcome.kind !== "answered") {
    return { succeeded: [] };
  }
  if (!reportsBatchItemFailures) {
    return { succeeded: [...messages] };
  }
  const failed = readFailures(outcome.payload, messages);
  return failed instanceof Set
    ? { succeeded: messages.filter(({ messageId }) => !failed.has(messageId)) }
    : { succeeded: [], problem: failed };
}

/** The ids of the failed messages, or what is wrong with the answer. */
function readFailures(payload: string, messages: readonly ReceivedMessage[]): Set<string> | string {
  const answer = JSON.parse(payload) as { batchItemFailures?: unknown } | null;
  if (answer === null) {
    return new Set();
  }
  if (typeof answer !== "object" || Array.isArray(answer)) {
    return `Expected the answer { batchItemFailures: [...] }, got ${payload.slice(0, 100)}`;
  }
  const list = answer.batchItemFailures ?? [];
  if (!Array.isArray(list)) {
    return `Expected batchItemFailures to be a list, got ${JSON.stringify(list).slice(0, 100)}`;
  }
  const failed = list.map((item: unknown) => (item as { itemIdentifier?: unknown } | null)?.itemIdentifier);
  const wrong = failed.findIndex((id) => !messages.some(({ messageId }) => messageId === id));
  return wrong < 0
    ? new Set(failed as string[])
    : `Expected the messageId of a record as itemIdentifier, got ${JSON.stringify(list[wrong])}`;
}
