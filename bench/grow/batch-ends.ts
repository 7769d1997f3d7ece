import { TimeHeap } from "./exact/time-heap.ts";

/** Instead of a number of messages: an environment has started. */
export const starts = -1;

/**
 * When the running batches end, each with the messages that it still holds. In a storm nearly all hold none, since they have put theirs
 * back, and they end in the order in which they began. Those need no heap, and nobody waits for their ends while there is a free place.
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

  /** When the next batch with messages ends, or the next environment has started. */
  get heldMs(): number {
    return this.#heap.earliestMs;
  }

  /** When the next of all batches ends. */
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

  /** Takes out what ends at {@link heldMs}. Returns its number of messages, or {@link starts}. There must be one. */
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
