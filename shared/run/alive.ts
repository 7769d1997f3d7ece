/** Whether a process of this number exists; it may be another one than the one that was meant. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // We may not signal another user's process, but it is alive.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
