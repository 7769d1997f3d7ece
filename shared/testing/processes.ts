import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { isAlive as exists } from "#shared/run/alive.ts";

/** Whether a process is alive. A dead one that its parent has not noticed yet doesn't count. */
export function isAlive(pid: number): boolean {
  try {
    return exists(pid) && stateOf(pid) !== "Z";
  } catch {
    return false;
  }
}

// Linux shows it in a file, which is read much faster than `ps` starts. The name before it may contain anything, even parentheses.
const stateOf = (pid: number) =>
  process.platform === "linux"
    ? /\) (\w)[^)]*$/.exec(readFileSync(`/proc/${pid}/stat`, "latin1"))?.[1]
    : psOf(pid, "state")[0];

/** The process ids of all descendants of a process. Not on Windows. */
export function descendantsOf(pid: number): number[] {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/).map(Number));
  const childrenOf = (parent: number): number[] =>
    rows.flatMap(([child = 0, itsParent]) => (itsParent === parent ? [child, ...childrenOf(child)] : []));
  return childrenOf(pid);
}

/** How much memory a process uses at present. Not on Windows. */
export const residentMiB = (pid: number): number => Number(psOf(pid, "rss")) / 1_024;

function psOf(pid: number, what: "state" | "rss"): string {
  return process.platform === "win32"
    ? ""
    : execFileSync("ps", ["-o", `${what}=`, "-p", String(pid)], { encoding: "utf8" });
}

/** The ports of 127.0.0.1 on which a process listens. Empty if it has ended since it was listed. Linux only. */
export function listeningPortsOf(pid: number): number[] {
  if (!existsSync(`/proc/${pid}/fd`)) {
    return [];
  }
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1] ?? [];
      } catch {
        // Closed since it was listed.
        return [];
      }
    }),
  );
  const listening = "0A";
  return readFileSync(`/proc/${pid}/net/tcp`, "utf8")
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , socket = ""]) => state === listening && sockets.has(socket))
    .map(([, local = ""]) => Number.parseInt(local.split(":")[1] ?? "", 16));
}

/**
 * How many processes a process and its descendants are now. Much faster than {@link descendantsOf}, but one may be missing while
 * another one ends. Linux only.
 */
export const sizeOfTree = (pid: number): number =>
  namesIn(`/proc/${pid}/task`)
    .flatMap((thread) => childrenOf(pid, thread))
    .reduce((sum, child) => sum + sizeOfTree(child), 1);

function childrenOf(pid: number, thread: string): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${thread}/children`, "latin1")
      .split(" ")
      .filter(Boolean)
      .map(Number);
  } catch {
    // It has ended since it was listed.
    return [];
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Every process that was started with this variable, whatever its parent is now. Linux only. */
export function processesWith(name: string, value: string): number[] {
  const wanted = `\0${name}=${value}\0`;
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && `\0${environmentOf(pid)}`.includes(wanted));
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    // It has ended since it was listed, or belongs to another user. A zombie has no variables.
    return "";
  }
}
