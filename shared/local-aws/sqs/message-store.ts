import type { Content, Message } from "./message.ts";
import { MessageHeap } from "./message-heap.ts";

interface Surroundings {
  nextSequence: () => number;
  nowMs: () => number;
  retentionMs: () => number;
  /** Something came, or its time changed. */
  onChange: () => void;
}

interface Arrival {
  visibleAtMs: number;
  /** What a message brings along into a dead-letter queue. */
  receiveCount?: number;
  firstReceivedAtMs?: number | undefined;
  deadLetterSourceArn?: string;
}

/** The messages of one queue: by row, and by the time at which they become visible. What is too old isn't there. */
export class MessageStore {
  readonly #around: Surroundings;
  readonly #rows = new Map<number, Message>();
  readonly #heap = new MessageHeap();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  add(content: Content, { visibleAtMs, ...history }: Arrival): Message {
    const message: Message = {
      content,
      sequence: this.#around.nextSequence(),
      arrivedAtMs: this.#around.nowMs(),
      place: undefined,
      receiveCount: history.receiveCount ?? 0,
      receiveCountHere: 0,
      firstReceivedAtMs: history.firstReceivedAtMs,
      lastReceivedAtMs: undefined,
      deadLetterSourceArn: history.deadLetterSourceArn,
      duplicateAfterMs: undefined,
    };
    this.#rows.set(message.sequence, message);
    this.show(message, visibleAtMs);
    return message;
  }

  /** From when on the message is visible. */
  show(message: Message, visibleAtMs: number): void {
    this.#heap.put(message, visibleAtMs);
    this.#around.onChange();
  }

  drop(message: Message): void {
    this.#heap.remove(message);
    this.#rows.delete(message.sequence);
  }

  get(sequence: number): Message | undefined {
    return this.#rows.get(sequence);
  }

  /** Takes the next visible message out of the order of time; it has to be shown again, or dropped. */
  takeVisible(): Message | undefined {
    const nowMs = this.#around.nowMs();
    for (;;) {
      const message = this.#heap.takeVisible(nowMs);
      if (message === undefined || !this.#isTooOld(message, nowMs)) {
        return message;
      }
      this.drop(message);
    }
  }

  nextVisibleAtMs(): number | undefined {
    return this.#heap.nextVisibleAtMs();
  }

  *messages(): Iterable<Message> {
    const nowMs = this.#around.nowMs();
    for (const message of this.#rows.values()) {
      // Nobody has to come and find that a message is too old: it is not counted from that moment on.
      if (this.#isTooOld(message, nowMs)) {
        this.drop(message);
      } else {
        yield message;
      }
    }
  }

  #isTooOld(message: Message, nowMs: number): boolean {
    return nowMs >= message.content.sentAtMs + this.#around.retentionMs();
  }
}
