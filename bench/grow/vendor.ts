import type { Weather } from "#shared/vendor-simulator/weather.ts";
import { TimeHeap } from "./exact/time-heap.ts";

/** How long the vendor works on a message's device. */
export type DelayOf = (message: number) => number;

/** The vendor: it works on `capacity` calls at the same time, `line` more wait, and the next one gets a 429. First come, first served. */
export class CrowdVendor {
  refused = 0;
  /** The most calls at the same time that it worked on or that were in its line. */
  most = 0;
  readonly #limits: Pick<Weather, "capacity" | "line">;
  readonly #isRoomy: boolean;
  readonly #delayOf: DelayOf;
  /** When the calls end, and when those in its line begin. Not kept if there is always room. */
  readonly #calls = new TimeHeap(64);
  readonly #line: number[] = [];
  #refusedMs = -1;

  constructor(limits: Pick<Weather, "capacity" | "line">, isRoomy: boolean, delayOf: DelayOf) {
    this.#limits = limits;
    this.#isRoomy = isRoomy;
    this.#delayOf = delayOf;
  }

  /** Returns when the vendor has answered, or -1 if it refuses now. A call's times are known when it comes. */
  ask(message: number, nowMs: number): number {
    if (this.#isRoomy) {
      return nowMs + this.#delayOf(message);
    }
    if (this.refuses(nowMs)) {
      this.refused += 1;
      return -1;
    }
    let beginsMs = nowMs;
    if (this.#calls.size >= this.#limits.capacity) {
      beginsMs = Math.max(this.#calls.earliestMs, nowMs);
      this.#calls.take();
      if (beginsMs > nowMs) {
        this.#line.push(beginsMs);
      }
    }
    const endsMs = beginsMs + this.#delayOf(message);
    this.#calls.put(endsMs, 0);
    this.most = Math.max(this.most, this.#calls.size + this.#line.length);
    return endsMs;
  }

  /** Whether it refuses a call at this moment, and so all later ones of the same moment. */
  refuses(nowMs: number): boolean {
    if (this.#isRoomy) {
      return false;
    }
    if (nowMs === this.#refusedMs) {
      return true;
    }
    while (this.#calls.earliestMs <= nowMs && this.#line.length === 0) {
      this.#calls.take();
    }
    while (this.#line.length > 0 && (this.#line[0] as number) <= nowMs) {
      this.#line.shift();
    }
    const { capacity, line } = this.#limits;
    if (this.#calls.size < capacity || this.#calls.earliestMs <= nowMs || this.#line.length < line) {
      return false;
    }
    this.#refusedMs = nowMs;
    return true;
  }
}
