import { TimeHeap } from "./exact/time-heap.ts";

/** In place of a count of messages: an environment has started. */
export const starts = -1;

/**
 * When the batches that run end, each with its messages that are in flight then. Nearly all of a storm's have none, since they put
 * theirs back, and end in the order in which they began: those need no heap, and are nothing that happens while there is a place.
 */
export class BatchEnds {
  readonly #heap = new TimeHeap(4_096);
  // A ring: its length is a power of two.
  #emptyMs = new Float64Array(4_096);
  #first = 0;
  #count = 0;
  #lastMs = 0;

  get running(): number {
    return this.#heap.size + this.#count;
  }

  /** When the next one ends that holds messages, or an environment has started. */
  get heldMs(): number {
    return this.#heap.earliestMs;
  }

  /** When the next one of all ends. */
  get earliestMs(): number {
    const emptyMs = this.#count === 0 ? Infinity : (this.#emptyMs[this.#first] as number);
    return Math.min(this.#heap.earliestMs, emptyMs);
  }

  put(endMs: number, held: number): void {
    if (held !== 0 || (this.#count > 0 && endMs < this.#lastMs)) {
      this.#heap.put(endMs, held);
      return;
    }
    if (this.#count === this.#emptyMs.length) {
      this.#grow();
    }
    this.#emptyMs[(this.#first + this.#count) & (this.#emptyMs.length - 1)] = endMs;
    this.#count += 1;
    this.#lastMs = endMs;
  }

  /** Forgets those that held nothing and have ended by now. */
  dropEmpty(nowMs: number): void {
    while (this.#count > 0 && (this.#emptyMs[this.#first] as number) <= nowMs) {
      this.#first = (this.#first + 1) & (this.#emptyMs.length - 1);
      this.#count -= 1;
    }
  }

  /** The messages of the one that ends at {@link heldMs}, or {@link starts}. Only if there is one. */
  take(): number {
    return this.#heap.take();
  }

  #grow(): void {
    const longer = new Float64Array(2 * this.#emptyMs.length);
    longer.set(this.#emptyMs.subarray(this.#first));
    longer.set(this.#emptyMs.subarray(0, this.#first), this.#emptyMs.length - this.#first);
    this.#emptyMs = longer;
    this.#first = 0;
  }
}
