import { workerData } from "node:worker_threads";

// A separate thread, since the handler may spin. Then the main thread handles no event, not even "disconnect", and the
// environment would outlive the embedded AWS. It is plain JavaScript: where nothing can be built, tsx comes too late for some threads.
const checkEveryMs = 250;
const parentPid = Number(workerData);

setInterval(() => {
  if (!isParentAlive()) {
    process.kill(process.pid, "SIGKILL");
  }
}, checkEveryMs);

function isParentAlive() {
  try {
    process.kill(parentPid, 0);
  } catch {
    return false;
  }
  // Except on Windows an orphan gets another parent at once, even while the dead one still has its process id.
  return process.platform === "win32" || process.ppid === parentPid;
}
