import { execFileSync } from "node:child_process";
import { isAlive as exists } from "#shared/run/alive.ts";

/** Whether a process exists; what is dead and only waits for its parent to notice does not. */
export function isAlive(pid: number): boolean {
  try {
    return exists(pid) && !stateOf(pid).startsWith("Z");
  } catch {
    return false;
  }
}

/** The process ids of everything that a process has started, and that those have started. Not on Windows. */
export function descendantsOf(pid: number): number[] {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/).map(Number));
  const childrenOf = (parent: number): number[] =>
    rows.flatMap(([child = 0, itsParent]) => (itsParent === parent ? [child, ...childrenOf(child)] : []));
  return childrenOf(pid);
}

function stateOf(pid: number): string {
  return process.platform === "win32"
    ? ""
    : execFileSync("ps", ["-o", "state=", "-p", String(pid)], { encoding: "utf8" });
}
