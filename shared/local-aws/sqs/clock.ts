/** Where the queue gets its time from: an argument, so that four days of retention can pass in a test. */
export interface Clock {
  nowMs(): number;
  /** Runs once after `delayMs`, never before the call returned; the function it returns cancels. */
  after(delayMs: number, run: () => void): () => void;
}

/** The time of this machine. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
