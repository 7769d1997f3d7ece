// Ends execution environments that outlive the embedded AWS: a handler that spins handles no event, not even "disconnect".
// watchdog.ts starts it and writes "+" and a process id for each environment that starts, and "-" for each that has ended. When
// its input ends, the embedded AWS has stopped or died.
import { createInterface } from "node:readline";

/** @type {Set<number>} */
const watched = new Set();

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const pid = Number(line.slice(1));
    if (line.startsWith("+")) {
      watched.add(pid);
    } else {
      watched.delete(pid);
    }
  })
  .on("close", () => watched.forEach(end));

/** @param {number} pid */
function end(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
