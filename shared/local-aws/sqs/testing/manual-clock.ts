import type { Clock } from "../clock.ts";

interface Timer {
  atMs: number;
  run: () => void;
}

/** A test clock that moves only when told to. */
export class ManualClock implements Clock {
  #nowMs = Date.parse("2026-01-01T00:00:00Z");
  readonly #timers = new Set<Timer>();

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Moves the clock, and runs what falls due on the way, each at its own time. */
  advance(durationMs: number): void {
    const untilMs = this.#nowMs + durationMs;
    for (let due = this.#nextDue(untilMs); due !== undefined; due = this.#nextDue(untilMs)) {
      this.#timers.delete(due);
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      due.run();
    }
    this.#nowMs = untilMs;
  }

  #nextDue(untilMs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.atMs <= untilMs && (next === undefined || timer.atMs < next.atMs)) {
        next = timer;
      }
    }
    return next;
  }
}
