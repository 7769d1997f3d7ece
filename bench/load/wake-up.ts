import { Worker } from "node:worker_threads";

// How much before its moment the alarm rings: to come from thread to thread takes some tenths of a millisecond, and what
// is left is waited for turn by turn of the event loop. Tried at 100 requests a second for 10 s on two cores that had
// other work too, with Node's HTTP client, of which most of the cost was:
//   a timer to the millisecond before, then turns    0.19 of a core, half of all less than 0.03 ms late
//   a timer to the nearest millisecond               0.11 of a core, 0.72 ms
//   an alarm at the very moment                      0.11 of a core, 0.27 to 0.39 ms
//   an alarm 0.3 ms before, then turns               0.12 of a core, 0.02 to 0.04 ms
const earlyMs = 0.3;

const idle: Worker[] = [];

/** Has an alarm ready, so that the first moments needn't wait for one to start. */
export async function prepareAlarm(): Promise<void> {
  const alarm = startAlarm();
  await new Promise((resolve) => alarm.once("online", resolve));
  idle.push(alarm);
}

/** Calls `due` with the place of each moment, once it has come, in order; ends early when `signal` says so. */
export async function inTime(
  momentsMs: readonly number[],
  signal: AbortSignal,
  due: (place: number) => void,
): Promise<void> {
  const alarm = idle.pop() ?? startAlarm();
  const isOff = new Int32Array(new SharedArrayBuffer(4));
  let place = 0;
  let isTurning = false;

  await new Promise<void>((resolve) => {
    const look = () => {
      isTurning = false;
      let leftMs = (momentsMs[place] ?? Infinity) - performance.now();
      while (leftMs <= 0 && !signal.aborted) {
        due(place);
        place += 1;
        leftMs = (momentsMs[place] ?? Infinity) - performance.now();
      }
      if (signal.aborted || place === momentsMs.length) {
        resolve();
      } else if (leftMs < 2 * earlyMs) {
        turn();
      }
    };
    const turn = () => {
      if (!isTurning) {
        isTurning = true;
        setImmediate(look);
      }
    };
    signal.addEventListener("abort", () => {
      Atomics.store(isOff, 0, 1);
      Atomics.notify(isOff, 0);
      resolve();
    });
    alarm.on("message", (message: "ring" | "over") => {
      if (message === "ring") {
        look();
      } else {
        alarm.removeAllListeners("message");
        idle.push(alarm);
      }
    });
    alarm.postMessage({
      momentsMs: Float64Array.from(momentsMs, (ms) => performance.timeOrigin + ms - earlyMs),
      isOff,
    });
    turn();
  });
}

function startAlarm(): Worker {
  // Without tsx, which every thread would load anew.
  return new Worker(new URL("alarm-thread.mjs", import.meta.url), { execArgv: [] });
}
