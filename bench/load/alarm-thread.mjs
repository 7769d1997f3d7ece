// The thread that sleeps until each moment and then rings. It is plain JavaScript, so that it starts in milliseconds. Unlike the event
// loop beside it, it may block, so it wakes with a precision of a tenth of a millisecond, where timers only have whole ones.
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
