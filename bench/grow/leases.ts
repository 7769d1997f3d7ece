/** Leases that an attempt took and did not give back, since the table was too busy: the next one finds the message held. */
export class Leases {
  readonly #leaseMs: number;
  // Those of two spans of time: what is older than the older one has ended.
  #older = new Map<number, number>();
  #newer = new Map<number, number>();
  #nextSpanMs = 0;
  #lastEndsMs = 0;

  /** Each lasts so long. */
  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs;
  }

  /** A lease that was taken in an invocation that began then. */
  keep(message: number, begunMs: number): void {
    if (begunMs >= this.#nextSpanMs) {
      this.#older = this.#newer;
      this.#newer = new Map();
      this.#nextSpanMs = begunMs + 2 * this.#leaseMs;
    }
    const untilMs = begunMs + this.#leaseMs;
    this.#newer.set(message, untilMs);
    this.#lastEndsMs = Math.max(this.#lastEndsMs, untilMs);
  }

  /** Whether all have ended. Nearly always: a storm has busy seconds, and then hours in which it doesn't look for any. */
  haveEnded(nowMs: number): boolean {
    return nowMs >= this.#lastEndsMs;
  }

  /** Until when the message is held; 0 if it isn't. */
  heldUntilMs(message: number, nowMs: number): number {
    if (this.haveEnded(nowMs)) {
      return 0;
    }
    const untilMs = this.#newer.get(message) ?? this.#older.get(message) ?? 0;
    return untilMs > nowMs ? untilMs : 0;
  }
}
