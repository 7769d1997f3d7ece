import { workerData } from "node:worker_threads";

// A thread of its own, since the handler may spin: then no event of the main thread is ever handled, not even
// "disconnect", and the environment would outlive everything it belongs to.
const checkEveryMs = 250;
const parentPid = Number(workerData);

setInterval(() => {
  if (!isParentAlive()) {
    process.kill(process.pid, "SIGKILL");
  }
}, checkEveryMs);

function isParentAlive(): boolean {
  try {
    process.kill(parentPid, 0);
  } catch {
    return false;
  }
  // On Windows an orphan keeps its parent's id, elsewhere it gets another one, even while the dead are not yet buried.
  return process.platform === "win32" || process.ppid === parentPid;
}
