/** Leases that an attempt took and could not give back, since the table was too busy. The next attempt finds the message held. */
export class Leases {
  readonly #leaseMs: number;
  // The leases of two spans of time. Whatever is older has ended.
  #older = new Map<number, number>();
  #newer = new Map<number, number>();
  #nextSpanMs = 0;
  #lastEndsMs = 0;

  /** `leaseMs`: how long each lasts. */
  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs;
  }

  /** Keeps the lease of an invocation that began then. */
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

  /** Whether all have ended. Nearly always: after its few busy seconds, a storm has hours in which no lease needs looking up. */
  haveEnded(nowMs: number): boolean {
    return nowMs >= this.#lastEndsMs;
  }

  /** Until when the message is held. 0 if it isn't. */
  heldUntilMs(message: number, nowMs: number): number {
    if (this.haveEnded(nowMs)) {
      return 0;
    }
    const untilMs = this.#newer.get(message) ?? this.#older.get(message) ?? 0;
    return untilMs > nowMs ? untilMs : 0;
  }
}
