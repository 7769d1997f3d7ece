import { randomUUID } from "node:crypto";
import type { Clock } from "./clock.ts";
import { Duplicates } from "./duplicates.ts";
import { failures } from "./errors.ts";
import { md5, stateOf } from "./message.ts";
import type { Content, Message } from "./message.ts";
import { MessageStore } from "./message-store.ts";
import { readReceiptHandle } from "./receipt-handles.ts";
import { toReceivedMessage } from "./received-message.ts";
import type { ReceivedMessage } from "./received-message.ts";
import type { Receiving, Sending } from "./requests.ts";
import type { QueueSettings } from "./settings.ts";
import { countMessages, viewMessages } from "./views.ts";
import type { Counts, MessageView } from "./views.ts";
import { WaitingLine } from "./waiting-line.ts";

const maximumInFlightMs = 12 * 60 * 60 * 1_000;

interface Surroundings {
  clock: Clock;
  nextSequence: () => number;
  findQueue: (arn: string) => Queue | undefined;
}

/** A standard queue. Numbers come in checked: whoever speaks for the outside world checks them. */
export class Queue {
  readonly name: string;
  readonly arn: string;
  settings: QueueSettings;
  readonly #around: Surroundings;
  readonly #store: MessageStore;
  readonly #waiting: WaitingLine<ReceivedMessage>;
  readonly #duplicates = new Duplicates();

  constructor(name: string, arn: string, settings: QueueSettings, around: Surroundings) {
    this.name = name;
    this.arn = arn;
    this.settings = settings;
    this.#around = around;
    this.#store = new MessageStore({
      nextSequence: around.nextSequence,
      nowMs: () => around.clock.nowMs(),
      retentionMs: () => this.settings.messageRetentionPeriodSeconds * 1_000,
      onChange: () => this.#waiting.serveSoon(),
    });
    this.#waiting = new WaitingLine(around.clock, () => this.#store.nextVisibleAtMs());
  }

  /** Stores a message; what it returns is what the producer is told. */
  send({ body, delaySeconds = this.settings.delaySeconds, messageAttributes = {} }: Sending): Content {
    const sentAtMs = this.#around.clock.nowMs();
    const content = { messageId: randomUUID(), body, md5OfBody: md5(body), messageAttributes, sentAtMs };
    const message = this.#store.add(content, { visibleAtMs: sentAtMs + delaySeconds * 1_000 });
    this.#duplicates.mark(message);
    return content;
  }

  /** Waits for the first message if there is none; then as many as there are, up to the maximum. */
  async receive(request: Receiving): Promise<ReceivedMessage[]> {
    const { maxNumberOfMessages, signal } = request;
    const waitMs = (request.waitTimeSeconds ?? this.settings.receiveMessageWaitTimeSeconds) * 1_000;
    const take = (maximum: number) => this.#take(maximum, request.visibilityTimeoutSeconds);
    // Who comes later doesn't overtake those who wait; a short poll takes what is there.
    if (waitMs === 0 || this.#waiting.isEmpty) {
      const messages = signal?.aborted === true ? [] : take(maxNumberOfMessages);
      if (messages.length > 0 || waitMs === 0) {
        return messages;
      }
    }
    return this.#waiting.join({ maxNumberOfItems: maxNumberOfMessages, waitMs, take, signal });
  }

  /** Deletes what this handle's receive brought; a handle that a later receive replaced deletes nothing. */
  delete(receiptHandle: string): void {
    const message = this.#find(receiptHandle);
    if (message !== undefined && message !== "replaced") {
      this.#store.drop(message);
    }
  }

  /** Hides the message for so many seconds from now, once: the next receive starts over with the queue's timeout. */
  changeVisibility(receiptHandle: string, seconds: number): void {
    const message = this.#find(receiptHandle);
    const nowMs = this.#around.clock.nowMs();
    const visibleAtMs = nowMs + seconds * 1_000;
    if (message === undefined) {
      const reason = "Message does not exist or is not available for visibility timeout change.";
      throw failures.invalidValue(receiptHandle, "ReceiptHandle", reason);
    }
    if (message === "replaced" || stateOf(message, nowMs) !== "inFlight") {
      throw failures.notInFlight();
    }
    if (visibleAtMs > (message.lastReceivedAtMs ?? nowMs) + maximumInFlightMs) {
      const reason = "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]";
      throw failures.invalidValue(seconds, "VisibilityTimeout", reason);
    }
    this.#store.show(message, visibleAtMs);
  }

  /** Right at this moment, whether anybody polls or not. */
  counts(): Counts {
    return countMessages(this.#store.messages(), this.#around.clock.nowMs());
  }

  /** What no consumer can see: every message, whatever its state. */
  messages(): MessageView[] {
    return viewMessages(this.#store.messages(), this.#around.clock.nowMs());
  }

  /** Deletes everything, what is in flight too. */
  purge(): void {
    for (const message of this.#store.messages()) {
      this.#store.drop(message);
    }
  }

  /** From now on every n-th message sent comes twice, the second after these delays in turn; 0 ends it. */
  deliverTwice(everyNth: number, delaysMs: number[]): void {
    this.#duplicates.set(everyNth, delaysMs);
  }

  /** One step of a message move task, which is no receive: the message goes, a new one with its content comes. */
  moveNext(destinationOf: (message: Message) => Queue | undefined): "moved" | "empty" | "nowhere to go" {
    const nowMs = this.#around.clock.nowMs();
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
    const content = { ...message.content, messageId: randomUUID(), sentAtMs: nowMs };
    destination.#store.add(content, { visibleAtMs: nowMs });
    return "moved";
  }

  /** Long polls end with nothing. */
  close(): void {
    this.#waiting.close();
  }

  #take(maximum: number, seconds = this.settings.visibilityTimeoutSeconds): ReceivedMessage[] {
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
    return taken.map((message) => this.#receive(message, seconds));
  }

  #receive(message: Message, visibilityTimeoutSeconds: number): ReceivedMessage {
    const nowMs = this.#around.clock.nowMs();
    message.receiveCount += 1;
    message.receiveCountHere += 1;
    message.firstReceivedAtMs ??= nowMs;
    message.lastReceivedAtMs = nowMs;
    this.#store.show(message, nowMs + visibilityTimeoutSeconds * 1_000);
    if (message.duplicateAfterMs !== undefined) {
      // The copy is a row of its own, so it comes though this one is deleted.
      this.#store.add(message.content, { visibleAtMs: nowMs + message.duplicateAfterMs });
      message.duplicateAfterMs = undefined;
    }
    return toReceivedMessage(message, this.arn);
  }

  // AWS compares when a consumer asks: a message that nobody polls for stays where it is.
  #setAside(message: Message): boolean {
    const { deadLetterTargetArn = "", maxReceiveCount = Infinity } = this.settings.redrivePolicy ?? {};
    const deadLetterQueue = this.#around.findQueue(deadLetterTargetArn);
    if (deadLetterQueue === undefined || message.receiveCountHere < maxReceiveCount) {
      return false;
    }
    this.#store.drop(message);
    const { content, receiveCount, firstReceivedAtMs } = message;
    const visibleAtMs = this.#around.clock.nowMs();
    const history = { receiveCount, firstReceivedAtMs, deadLetterSourceArn: this.arn };
    deadLetterQueue.#store.add(content, { visibleAtMs, ...history });
    return true;
  }

  #find(receiptHandle: string): Message | "replaced" | undefined {
    const receipt = readReceiptHandle(receiptHandle, this.arn);
    if (receipt === undefined) {
      throw failures.garbageReceiptHandle(receiptHandle);
    }
    const message = this.#store.get(receipt.sequence);
    return message === undefined || message.receiveCount === receipt.receiveCount ? message : "replaced";
  }
}
