// The thread that sleeps until each moment and rings then: plain JavaScript, so that it starts in milliseconds. It may
// block, which the event loop beside it may not, and so it wakes to the tenth of a millisecond, where timers have whole
// ones.
import { parentPort } from "node:worker_threads";

parentPort?.on(
  "message",
  (/** @type {{ momentsMs: number[], isOff: Int32Array }} */ { momentsMs, isOff }) => {
    for (const momentMs of momentsMs) {
      const leftMs = momentMs - performance.timeOrigin - performance.now();
      if (leftMs > 0) {
        Atomics.wait(isOff, 0, 0, leftMs);
      }
      if (Atomics.load(isOff, 0) !== 0) {
        break;
      }
      parentPort?.postMessage("ring");
    }
    parentPort?.postMessage("over");
  },
);
