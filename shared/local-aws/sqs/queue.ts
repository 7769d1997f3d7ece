// An SQS to learn from, in one process and in memory. Its one idea is in message.ts: a message is a row with a time at
// which it becomes visible. Read on in message-store (the rows, and the heap that orders them by that time),
// receipt-handles, this file, long-polls, duplicates, redrive, and fifo for what a FIFO queue does differently. api/ is what
// a client sees: HTTP, the actions, and the checks of the input.
//
// It keeps AWS's documented behaviour where a lesson depends on it; shared/local-aws/conformance states the rules.
// It leaves out what would show no new concept:
// - The fairness of fair queues (a standard queue passes a MessageGroupId on, and it changes nothing), tags, permissions,
//   encryption, accounts: it doesn't check signatures, and every sender is the same.
// - Distance. AWS keeps copies on many servers, so its counts are approximate, a short poll may miss messages, order
//   is loose, and changed attributes take up to a minute. Here everything is exact and immediate, and what becomes visible
//   first is delivered first: a message that comes back queues up behind a backlog. AWS was seen to give it its old place
//   (a test of LocalStack that was run there), but promises no order, so a consumer can't rely on either.
//   Only duplicates are available, on request: Queue.deliverTwice.
// - Quotas: 120,000 messages in flight, requests a second, 60 s between deleting a queue and creating its namesake.
// - Durability. A restart forgets everything.
// - A move task never ends as CANCELLING.
// - The query (XML) protocol of older SDKs.
import { hash } from "node:crypto";
import type { TraceRecorder } from "#shared/tracing/recorder.ts";
import type { Clock } from "./clock.ts";
import { Duplicates } from "./duplicates.ts";
import { failures } from "./errors.ts";
import { Fifo, numbered } from "./fifo.ts";
import { nextId } from "./ids.ts";
import { LongPolls } from "./long-polls.ts";
import { MessageStore } from "./message-store.ts";
import { stateOf, toReceivedMessage } from "./message.ts";
import type {
  Message,
  MessageAttributes,
  MessageState,
  ReceivedMessage,
  SystemAttributes,
} from "./message.ts";
import { readSettings, writeSettings } from "./queue-attributes.ts";
import type { QueueSettings } from "./queue-attributes.ts";
import { readReceiptHandle } from "./receipt-handles.ts";

const maximumInFlightMs = 12 * 60 * 60 * 1_000;
const purgeIntervalMs = 60_000;

/** What a queue needs from its account. */
export interface Account {
  readonly clock: Clock;
  readonly trace: TraceRecorder | undefined;
  nextSequence(): number;
  queueWithArn(arn: string): Queue | undefined;
  queues(): Queue[];
}

/** What a producer asks for. The queue's settings fill in what is missing. */
interface Sending {
  body: string;
  delaySeconds?: number | undefined;
  messageAttributes?: MessageAttributes;
  systemAttributes?: SystemAttributes;
  /** The caller, for the trace. */
  by?: string;
}

/** What a consumer asks for. The queue's settings fill in what is missing. */
interface Receiving {
  maxNumberOfMessages: number;
  waitTimeSeconds?: number | undefined;
  visibilityTimeoutSeconds?: number | undefined;
  /** Ends a long poll at once, with nothing. */
  signal?: AbortSignal | undefined;
  /** The caller, for the trace. */
  by?: string;
}

/** What a queue contains at one moment. `oldestAgeSeconds` is 0 if it is empty. */
export interface Counts extends Record<MessageState, number> {
  oldestAgeSeconds: number;
}

/** A message as an observer sees it, without receiving it. */
export interface MessageView {
  messageId: string;
  body: string;
  receiveCount: number;
  state: MessageState;
  sentAtMs: number;
  /** When it becomes visible. Absent if it is visible. */
  visibleAtMs?: number;
}

/** A queue. It doesn't check numbers: api/ has done that. */
export class Queue {
  readonly name: string;
  readonly arn: string;
  readonly #account: Account;
  readonly #store: MessageStore;
  readonly #longPolls: LongPolls;
  readonly #duplicates = new Duplicates();
  /** Undefined for a standard queue. */
  readonly #fifo: Fifo | undefined;
  readonly #createdAtMs: number;
  #changedAtMs: number;
  #purgedAtMs = -Infinity;
  #settings: QueueSettings;

  /** Throws {@link SqsError} if the settings name a dead-letter queue that doesn't exist. */
  constructor(name: string, arn: string, settings: QueueSettings, account: Account) {
    this.name = name;
    this.arn = arn;
    this.#account = account;
    this.#settings = this.#checked(settings);
    this.#createdAtMs = account.clock.nowMs();
    this.#changedAtMs = this.#createdAtMs;
    this.#fifo = settings.fifo && new Fifo(() => this.#longPolls.serveSoon());
    this.#store = new MessageStore({
      order: this.#fifo?.groups,
      clock: account.clock,
      nextSequence: () => account.nextSequence(),
      retentionMs: () => this.#settings.messageRetentionPeriodSeconds * 1_000,
      onChange: () => this.#longPolls.serveSoon(),
      onTooOld: ({ sequence }) => account.trace?.note({ kind: "expired", queue: name, row: sequence }),
    });
    this.#longPolls = new LongPolls(account.clock, () => this.#store.nextVisibleAtMs());
  }

  /** Stores a message. Its content holds what the producer is told. */
  send({
    body,
    delaySeconds = this.#settings.delaySeconds,
    messageAttributes = {},
    systemAttributes: given = {},
    by = "",
  }: Sending): Message {
    const sentAtMs = this.#account.clock.nowMs();
    // The SDK compares this digest with its own.
    const md5OfBody = hash("md5", body, "hex");
    const former = this.#fifo?.deduplication.find(given, sentAtMs);
    if (former !== undefined) {
      this.#account.trace?.note({ kind: "deduplicated", queue: this.name, row: former.sequence, by });
      // The producer gets the same answer as before, as if the message were stored again.
      return { ...former, content: { ...former.content, md5OfBody } };
    }
    const systemAttributes = this.#fifo ? numbered(given, this.#account.nextSequence()) : given;
    const messageId = nextId();
    const content = { messageId, body, md5OfBody, messageAttributes, systemAttributes, sentAtMs };
    const visibleAtMs = sentAtMs + delaySeconds * 1_000;
    const message = this.#store.add(content, visibleAtMs);
    this.#fifo?.deduplication.remember(message);
    this.#duplicates.mark(message);
    const { sequence: row } = message;
    this.#account.trace?.note({ kind: "sent", queue: this.name, row, body, messageId, visibleAtMs, by });
    return message;
  }

  /** Waits for the first message if there is none, then returns as many as there are, up to the maximum. */
  async receive(request: Receiving): Promise<ReceivedMessage[]> {
    const { maxNumberOfMessages, signal, by = "" } = request;
    const waitMs = (request.waitTimeSeconds ?? this.#settings.receiveMessageWaitTimeSeconds) * 1_000;
    const take = () => this.#take(maxNumberOfMessages, by, request.visibilityTimeoutSeconds);
    // A later long poll doesn't overtake those that wait. A short poll takes what is there.
    if (waitMs === 0 || this.#longPolls.isEmpty) {
      const messages = signal?.aborted === true ? [] : take();
      if (messages.length > 0 || waitMs === 0) {
        return messages;
      }
    }
    return this.#longPolls.join({ waitMs, take, signal });
  }

  /**
   * Deletes what this handle's receive delivered. A handle that a later receive replaced deletes nothing. AWS says that it "might"
   * delete then, and promises no more: a consumer that relies on it loses another consumer's work.
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html
   */
  delete(receiptHandle: string, by = ""): void {
    const { message, row, isReplaced } = this.#find(receiptHandle);
    const isDeleted = message !== undefined && !isReplaced;
    if (isDeleted) {
      this.#store.drop(message);
    }
    this.#account.trace?.note({ kind: isDeleted ? "deleted" : "notDeleted", queue: this.name, row, by });
  }

  /**
   * Hides the message for this many seconds from now, once: the next receive uses the queue's timeout again. A message that is
   * visible again stays visible. If another consumer has it in flight, an older handle still works. The API's page says that this
   * "might" be MessageNotInflight; AWS was seen to answer 200 (LocalStack's recording of 2024-04, its issue 9632; moto's issue
   * 4655). Throws {@link SqsError} if the message is gone, and for more than 12 hours.
   */
  changeVisibility(receiptHandle: string, seconds: number, by = ""): void {
    const { message, row } = this.#find(receiptHandle);
    const nowMs = this.#account.clock.nowMs();
    const visibleAtMs = nowMs + seconds * 1_000;
    if (message === undefined) {
      const reason = "Message does not exist or is not available for visibility timeout change.";
      throw failures.invalidValue(receiptHandle, "ReceiptHandle", reason);
    }
    if (stateOf(message, nowMs) !== "inFlight") {
      return;
    }
    if (visibleAtMs > (message.lastReceivedAtMs ?? nowMs) + maximumInFlightMs) {
      const reason = "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]";
      throw failures.invalidValue(seconds, "VisibilityTimeout", reason);
    }
    this.#store.show(message, visibleAtMs);
    this.#account.trace?.note({ kind: "hidden", queue: this.name, row, hiddenUntilMs: visibleAtMs, by });
  }

  /**
   * Delivers every n-th sent message twice from now on, the second time after these delays in turn. 0 stops it. A FIFO queue
   * delivers nothing twice: there, once the message is received, the producer's send is repeated with the same deduplication id.
   */
  deliverTwice(everyNth: number, delaysMs: number[]): void {
    this.#duplicates.set(everyNth, delaysMs);
  }

  /** One step of a message move task, which is not a receive: removes the message, and adds a new one with its content. */
  moveNext(destinationOf: (message: Message) => Queue | undefined): "moved" | "empty" | "nowhere to go" {
    const nowMs = this.#account.clock.nowMs();
    const message = this.#store.takeVisible();
    if (message === undefined) {
      return "empty";
    }
    const destination = destinationOf(message);
    if (destination === undefined) {
      this.#store.show(message, nowMs);
      return "nowhere to go";
    }
    this.#store.drop(message);
    const content = { ...message.content, messageId: nextId(), sentAtMs: nowMs };
    const { sequence: newRow } = destination.#store.add(content, nowMs);
    const { sequence: row } = message;
    this.#account.trace?.note({ kind: "redriven", queue: this.name, row, to: destination.name, newRow });
    return "moved";
  }

  /** Deletes everything, including what is in flight, at most once a minute. Throws {@link SqsError}. */
  purge(): void {
    const nowMs = this.#account.clock.nowMs();
    if (nowMs < this.#purgedAtMs + purgeIntervalMs) {
      throw failures.purgeInProgress(this.name);
    }
    this.#purgedAtMs = nowMs;
    this.#fifo?.deduplication.clear();
    for (const message of this.#store.messages()) {
      this.#store.drop(message);
      this.#account.trace?.note({ kind: "purged", queue: this.name, row: message.sequence });
    }
  }

  get settings(): QueueSettings {
    return this.#settings;
  }

  /** All attributes as AWS writes them, including the counts. */
  attributes(): Record<string, string> {
    const { visible, inFlight, delayed } = this.counts();
    return {
      QueueArn: this.arn,
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(inFlight),
      ApproximateNumberOfMessagesDelayed: String(delayed),
      CreatedTimestamp: String(Math.floor(this.#createdAtMs / 1_000)),
      LastModifiedTimestamp: String(Math.floor(this.#changedAtMs / 1_000)),
      ...writeSettings(this.#settings),
    };
  }

  /** Changes the given attributes. AWS takes up to a minute for it, and 15 for the retention. Throws {@link SqsError}. */
  setAttributes(attributes: Record<string, string>): void {
    this.#settings = this.#checked(readSettings(attributes, this.#settings));
    this.#changedAtMs = this.#account.clock.nowMs();
  }

  /** Exact at this moment, whether anyone polls or not. */
  counts(): Counts {
    const nowMs = this.#account.clock.nowMs();
    const counts = { visible: 0, inFlight: 0, delayed: 0, oldestAgeSeconds: 0 };
    // Counted on demand: a stored counter would have to notice every timeout that runs out. 100,000 rows take about 2 ms.
    for (const message of this.#store.messages()) {
      counts[stateOf(message, nowMs)] += 1;
      counts.oldestAgeSeconds = Math.max(counts.oldestAgeSeconds, (nowMs - message.arrivedAtMs) / 1_000);
    }
    return counts;
  }

  /** Every message in any state, which no consumer can see, in the order of arrival. */
  messages(): MessageView[] {
    const nowMs = this.#account.clock.nowMs();
    return Array.from(this.#store.messages(), (message) => {
      const { messageId, body, sentAtMs } = message.content;
      const state = stateOf(message, nowMs);
      return {
        messageId,
        body,
        receiveCount: message.receiveCount,
        state,
        sentAtMs,
        ...(state !== "visible" && message.place && { visibleAtMs: message.place.visibleAtMs }),
      };
    });
  }

  /** Holds these messages' groups until the returned function is called. A standard queue has no groups. */
  hold(messages: readonly ReceivedMessage[]): () => void {
    return this.#fifo?.groups.hold(messages) ?? (() => {});
  }

  /** Ends the long polls with nothing. */
  close(): void {
    this.#longPolls.close();
  }

  #take(maximum: number, by: string, seconds = this.#settings.visibilityTimeoutSeconds): ReceivedMessage[] {
    const taken: Message[] = [];
    while (taken.length < maximum) {
      const message = this.#store.takeVisible();
      if (message === undefined) {
        break;
      }
      if (!this.#setAside(message)) {
        taken.push(message);
      }
    }
    // Only now: with a visibility timeout of 0 they are visible again at once, and one answer would repeat them.
    return taken.map((message) => this.#receive(message, seconds, by));
  }

  #receive(message: Message, visibilityTimeoutSeconds: number, by: string): ReceivedMessage {
    const { trace } = this.#account;
    const { name: queue } = this;
    const { sequence: row } = message;
    const nowMs = this.#account.clock.nowMs();
    const hiddenUntilMs = nowMs + visibilityTimeoutSeconds * 1_000;
    message.receiveCount += 1;
    message.receiveCountHere += 1;
    message.firstReceivedAtMs ??= nowMs;
    message.lastReceivedAtMs = nowMs;
    this.#store.show(message, hiddenUntilMs);
    const { receiveCount } = message;
    trace?.note({ kind: "delivered", queue, row, receiveCount, hiddenUntilMs, by });
    if (message.duplicateAfterMs !== undefined && this.#fifo) {
      message.duplicateAfterMs = undefined;
      this.send(message.content);
    } else if (message.duplicateAfterMs !== undefined) {
      // The copy is a separate row, so it comes even if this one is deleted.
      const visibleAtMs = nowMs + message.duplicateAfterMs;
      const { sequence: copy } = this.#store.add(message.content, visibleAtMs);
      trace?.note({ kind: "copied", queue, row, copy, visibleAtMs });
      message.duplicateAfterMs = undefined;
    }
    return toReceivedMessage(message, this.arn);
  }

  // AWS compares when a consumer asks: a message that no one polls for stays where it is.
  #setAside(message: Message): boolean {
    const { deadLetterTargetArn = "", maxReceiveCount = Infinity } = this.#settings.redrivePolicy ?? {};
    const deadLetterQueue = this.#account.queueWithArn(deadLetterTargetArn);
    if (deadLetterQueue === undefined || message.receiveCountHere < maxReceiveCount) {
      return false;
    }
    this.#store.drop(message);
    const { content, receiveCount, firstReceivedAtMs } = message;
    const history = { receiveCount, firstReceivedAtMs, deadLetterSourceArn: this.arn };
    const nowMs = this.#account.clock.nowMs();
    // The retention of a FIFO queue's message starts again.
    const setAside = this.#fifo ? { ...content, sentAtMs: nowMs } : content;
    const { sequence: newRow } = deadLetterQueue.#store.add(setAside, nowMs, history);
    const [row, to] = [message.sequence, deadLetterQueue.name];
    this.#account.trace?.note({ kind: "setAside", queue: this.name, row, to, newRow, receiveCount });
    return true;
  }

  /** The message, unless it is gone, and whether it was received again since. */
  #find(receiptHandle: string): { message: Message | undefined; row: number; isReplaced: boolean } {
    const receipt = readReceiptHandle(receiptHandle, this.arn);
    if (receipt === undefined) {
      throw failures.garbageReceiptHandle(receiptHandle);
    }
    const { sequence: row } = receipt;
    const message = this.#store.get(row);
    const isReplaced = message?.receiveCount !== receipt.receiveCount;
    this.#fifo?.checkHandle(receiptHandle, { message, isReplaced, nowMs: this.#account.clock.nowMs() });
    return { message, row, isReplaced };
  }

  #checked(settings: QueueSettings): QueueSettings {
    const { redrivePolicy } = settings;
    const target = redrivePolicy && this.#account.queueWithArn(redrivePolicy.deadLetterTargetArn);
    if (redrivePolicy && (!target || !target.settings.fifo !== !settings.fifo)) {
      const reason = target
        ? "Dead-letter queue must be same type of queue as the source."
        : "Dead letter target does not exist.";
      throw failures.invalidValue(JSON.stringify(redrivePolicy), "RedrivePolicy", reason);
    }
    return settings;
  }
}
