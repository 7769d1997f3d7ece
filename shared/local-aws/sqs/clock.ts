/** The queue's clock. It is an argument, so that four days of retention can pass in a test. */
export interface Clock {
  nowMs(): number;
  /** Runs `run` once after `delayMs`, never before this call returns. Returns a function that cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

/** This machine's clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
