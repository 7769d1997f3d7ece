/** Whether a process with this id exists. It may be another process that got the same id. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // We may not signal another user's process, but it is alive.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
