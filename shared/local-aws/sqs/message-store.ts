import type { Clock } from "./clock.ts";
import type { Content, HeapPlace, Message } from "./message.ts";

interface StoreOptions {
  clock: Clock;
  nextSequence: () => number;
  retentionMs: () => number;
  /** Called when a message arrives or its time changes. */
  onChange: () => void;
  /** Default: the order of a standard queue. */
  order?: MessageOrder | undefined;
  /** Called with a message that is dropped because its retention has ended. */
  onTooOld: (message: Message) => void;
}

/** What a message takes along into a dead-letter queue. */
interface History {
  receiveCount?: number;
  firstReceivedAtMs?: number | undefined;
  deadLetterSourceArn?: string;
}

/** Decides who comes next: {@link MessageHeap} for a standard queue, GroupOrder in fifo.ts for a FIFO queue. */
export interface MessageOrder {
  put(message: Message, visibleAtMs: number): void;
  remove(message: Message): void;
  takeVisible(nowMs: number): Message | undefined;
  nextVisibleAtMs(): number | undefined;
}

/** The messages of one queue, by row and by the time at which they become visible. Drops what is too old. */
export class MessageStore {
  readonly #options: StoreOptions;
  readonly #rows = new Map<number, Message>();
  readonly #order: MessageOrder;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#order = options.order ?? new MessageHeap();
  }

  add(content: Content, visibleAtMs: number, history: History = {}): Message {
    const message: Message = {
      content,
      sequence: this.#options.nextSequence(),
      arrivedAtMs: this.#options.clock.nowMs(),
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

  /** Makes the message visible at this time. */
  show(message: Message, visibleAtMs: number): void {
    this.#order.put(message, visibleAtMs);
    this.#options.onChange();
  }

  drop(message: Message): void {
    this.#order.remove(message);
    this.#rows.delete(message.sequence);
  }

  get(sequence: number): Message | undefined {
    return this.#rows.get(sequence);
  }

  /** Takes the next visible message out of the order. The caller shows it again, or drops it. */
  takeVisible(): Message | undefined {
    const nowMs = this.#options.clock.nowMs();
    for (;;) {
      const message = this.#order.takeVisible(nowMs);
      if (message === undefined || !this.#isTooOld(message, nowMs)) {
        return message;
      }
      this.#expire(message);
    }
  }

  nextVisibleAtMs(): number | undefined {
    return this.#order.nextVisibleAtMs();
  }

  *messages(): Iterable<Message> {
    const nowMs = this.#options.clock.nowMs();
    for (const message of this.#rows.values()) {
      // An expired message stops counting at that moment, even if no consumer comes.
      if (this.#isTooOld(message, nowMs)) {
        this.#expire(message);
      } else {
        yield message;
      }
    }
  }

  #expire(message: Message): void {
    this.drop(message);
    this.#options.onTooOld(message);
  }

  #isTooOld(message: Message, nowMs: number): boolean {
    return nowMs >= message.content.sentAtMs + this.#options.retentionMs();
  }
}

// Left places are swept once they outnumber the living ones, but not while there are only a few.
const sweepAboveLeft = 1_024;

/**
 * Every message of a queue, with the one that becomes visible first on top; among equals, the one sent first.
 *
 * Visible, delayed and in flight are one order, so one heap serves all three, and nothing has to move when a timeout runs out.
 * A place that is left (its message was received, changed or deleted) stays until it comes to the top: finding it in the middle
 * would cost more than skipping it there.
 */
export class MessageHeap implements MessageOrder {
  #places: HeapPlace[] = [];
  #left = 0;

  /** Gives the message this time, whatever it had before. */
  put(message: Message, visibleAtMs: number): void {
    this.remove(message);
    message.place = { visibleAtMs, message };
    this.#push(message.place);
  }

  /** Takes the message out of the order until it is put again. */
  remove(message: Message): void {
    if (message.place !== undefined) {
      message.place = undefined;
      this.#left += 1;
      if (this.#left > sweepAboveLeft && this.#left > this.#places.length / 2) {
        this.#sweep();
      }
    }
  }

  /** Takes out the next visible message, if there is one. */
  takeVisible(nowMs: number): Message | undefined {
    const top = this.#top();
    if (top === undefined || top.visibleAtMs > nowMs) {
      return undefined;
    }
    this.#pop();
    top.message.place = undefined;
    return top.message;
  }

  /** When the next message becomes visible. In the past if one is visible already. */
  nextVisibleAtMs(): number | undefined {
    return this.#top()?.visibleAtMs;
  }

  #top(): HeapPlace | undefined {
    let top = this.#places[0];
    while (top !== undefined && top.message.place !== top) {
      this.#pop();
      this.#left -= 1;
      top = this.#places[0];
    }
    return top;
  }

  #sweep(): void {
    const living = this.#places.filter((place) => place.message.place === place);
    this.#places = living.sort((one, other) => (isBefore(one, other) ? -1 : 1));
    this.#left = 0;
  }

  #push(place: HeapPlace): void {
    const places = this.#places;
    let index = places.push(place) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = places[parentIndex] as HeapPlace;
      if (!isBefore(place, parent)) {
        break;
      }
      places[index] = parent;
      index = parentIndex;
    }
    places[index] = place;
  }

  #pop(): void {
    const places = this.#places;
    const last = places.pop() as HeapPlace;
    if (places.length === 0) {
      return;
    }
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      const right = places[childIndex + 1];
      if (right !== undefined && isBefore(right, places[childIndex] as HeapPlace)) {
        childIndex += 1;
      }
      const child = places[childIndex];
      if (child === undefined || !isBefore(child, last)) {
        break;
      }
      places[index] = child;
      index = childIndex;
    }
    places[index] = last;
  }
}

function isBefore(one: HeapPlace, other: HeapPlace): boolean {
  return one.visibleAtMs === other.visibleAtMs
    ? one.message.sequence < other.message.sequence
    : one.visibleAtMs < other.visibleAtMs;
}
