/** Numbers, each with a moment, the earliest first. Of equal moments, the one with the lower order, which is by default the order of `put`. */
export class TimeHeap {
  #times: Float64Array;
  #values: Float64Array;
  /** The order of equal moments. */
  #orders: Float64Array;
  #next = 0;
  #size = 0;

  constructor(capacity = 64) {
    this.#times = new Float64Array(capacity);
    this.#values = new Float64Array(capacity);
    this.#orders = new Float64Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** The earliest moment. Infinity if nothing is left. */
  get earliestMs(): number {
    return this.#size === 0 ? Infinity : (this.#times[0] as number);
  }

  /** What `take` would return. */
  get first(): number {
    return this.#values[0] as number;
  }

  put(timeMs: number, value: number, order = this.#next): void {
    if (this.#size === this.#times.length) {
      this.#grow();
    }
    this.#next += 1;
    let index = this.#size;
    this.#size += 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const parentMs = this.#times[parent] as number;
      if (parentMs < timeMs || (parentMs === timeMs && (this.#orders[parent] as number) < order)) {
        break;
      }
      this.#move(parent, index);
      index = parent;
    }
    this.#set(index, timeMs, value, order);
  }

  /** Takes out the value with the earliest moment. The heap must not be empty. */
  take(): number {
    const value = this.#values[0] as number;
    this.#size -= 1;
    const last = this.#size;
    const timeMs = this.#times[last] as number;
    const order = this.#orders[last] as number;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= last) {
        break;
      }
      if (child + 1 < last && this.#isBefore(child + 1, child)) {
        child += 1;
      }
      const childMs = this.#times[child] as number;
      if (timeMs < childMs || (timeMs === childMs && order < (this.#orders[child] as number))) {
        break;
      }
      this.#move(child, index);
      index = child;
    }
    this.#set(index, timeMs, this.#values[last] as number, order);
    return value;
  }

  #isBefore(one: number, other: number): boolean {
    const oneMs = this.#times[one] as number;
    const otherMs = this.#times[other] as number;
    return oneMs === otherMs
      ? (this.#orders[one] as number) < (this.#orders[other] as number)
      : oneMs < otherMs;
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from] as number;
    this.#values[to] = this.#values[from] as number;
    this.#orders[to] = this.#orders[from] as number;
  }

  #set(index: number, timeMs: number, value: number, order: number): void {
    this.#times[index] = timeMs;
    this.#values[index] = value;
    this.#orders[index] = order;
  }

  #grow(): void {
    const larger = (old: Float64Array) => {
      const array = new Float64Array(2 * old.length);
      array.set(old);
      return array;
    };
    this.#times = larger(this.#times);
    this.#values = larger(this.#values);
    this.#orders = larger(this.#orders);
  }
}
