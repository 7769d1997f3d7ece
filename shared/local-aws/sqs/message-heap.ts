import type { Message } from "./message.ts";

/** A message's place in the heap. It is never changed: a message that moves gets another place. */
export interface Place {
  readonly visibleAtMs: number;
  readonly message: Message;
}

// Left places are swept out once they outnumber the living, but not for the sake of a few.
const sweepAboveLeft = 1_024;

/**
 * Every message of a queue, the one that becomes visible first on top; among equals, the one sent first.
 *
 * Visible, delayed and in flight is one order, so one heap does all of it: no list is moved from when a timeout
 * runs out. A place that is left (its message was received, changed or deleted) stays until it comes to the top:
 * to find it in the middle would cost more than to skip it there.
 */
export class MessageHeap {
  #places: Place[] = [];
  #left = 0;

  /** Gives the message this time, whatever it had before. */
  put(message: Message, visibleAtMs: number): void {
    this.remove(message);
    message.place = { visibleAtMs, message };
    this.#push(message.place);
  }

  /** The message leaves the order, until it is put again. */
  remove(message: Message): void {
    if (message.place !== undefined) {
      message.place = undefined;
      this.#left += 1;
      if (this.#left > sweepAboveLeft && this.#left > this.#places.length / 2) {
        this.#sweep();
      }
    }
  }

  /** Takes out the next message that is visible, if there is one. */
  takeVisible(nowMs: number): Message | undefined {
    const top = this.#top();
    if (top === undefined || top.visibleAtMs > nowMs) {
      return undefined;
    }
    this.#pop();
    top.message.place = undefined;
    return top.message;
  }

  /** When the next message becomes visible; in the past if one is. */
  nextVisibleAtMs(): number | undefined {
    return this.#top()?.visibleAtMs;
  }

  #top(): Place | undefined {
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

  #push(place: Place): void {
    const places = this.#places;
    let index = places.push(place) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = places[parentIndex] as Place;
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
    const last = places.pop() as Place;
    if (places.length === 0) {
      return;
    }
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      const right = places[childIndex + 1];
      if (right !== undefined && isBefore(right, places[childIndex] as Place)) {
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

function isBefore(one: Place, other: Place): boolean {
  return one.visibleAtMs === other.visibleAtMs
    ? one.message.sequence < other.message.sequence
    : one.visibleAtMs < other.visibleAtMs;
}
