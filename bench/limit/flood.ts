interface Flood {
  seconds: number;
  /** Customers who came in it. */
  came: number;
  /** Customers of a burst before it who still waited when it began. */
  left: number;
  /** When each device began to work, counted from the beginning of the flood. Devices of the burst count. */
  activationsAtMs: readonly number[];
}

// Whatever had to start again has done so after a second.
const settledMs = 1_000;
// Less than this share done is more than chance: the system is full.
const nearlyAll = 0.9;

/**
 * How much a system did a second in a flood, and whether that is a bound: a system that did nearly as much as came might do more. What
 * a burst before it left came, too. The throughput is 0 if nothing was done once the first second was over.
 */
export function readFlood({ seconds, came, left, activationsAtMs }: Flood): {
  throughputPerSecond: number;
  isBound: boolean;
} {
  const inFlood = activationsAtMs.filter((atMs) => atMs >= 0 && atMs <= seconds * 1_000);
  const settled = inFlood.filter((atMs) => atMs >= settledMs);
  return {
    throughputPerSecond: settled.length / (seconds - settledMs / 1_000),
    isBound: inFlood.length < nearlyAll * (left + came),
  };
}
