// A command ends with the npm that started it. On Linux and macOS npm starts a shell, which starts the command, and passes
// signals only to that shell: without this, `kill` of npm would leave the command running, with all that it has started.
// Windows has no cheap way to find npm above its shell; its own ways to end npm, Ctrl-C and closing the window, reach everyone.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const first = 1;
const everyMs = 1_000;
const exitCodeWithoutStarter = 141;

/**
 * The processes that have to stay: this command's parent, and npm above it if that is npm's shell. "gone" if one has ended already.
 * None if npm didn't start this command itself: with `nohup` or a service in between it has to outlive its parent.
 *
 * @param {object} command
 * @param {Readonly<Record<string, string | undefined>>} command.env
 * @param {string} command.source The file that it runs, as in package.json.
 * @param {number} command.parent
 * @param {(pid: number) => { parent: number, words: string } | undefined} command.describe
 * @returns {readonly number[] | "gone"}
 */
export function startersOf({ env, source, parent, describe }) {
  const script = env["npm_lifecycle_script"];
  if (script === undefined || !script.split(" ").includes(source)) {
    return [];
  }
  const described = describe(parent);
  // Some shells become the command, so that its parent is npm itself. Above that is the user's shell, which may leave.
  const starters = described?.words.includes(script) ? [parent, described.parent] : [parent];
  // Orphans get the first process as their parent. In a container that may be npm, with the script's name among its words.
  const isNpm = () => describe(first)?.words.includes(env["npm_lifecycle_event"] ?? "");
  return starters.includes(first) && !isNpm() ? "gone" : starters;
}

/**
 * Tells the command when one of its starters is gone, by the event "starter gone" of `process`. Until the command listens, it ends
 * this process.
 *
 * @param {string} source
 */
export function endWithNpm(source) {
  if (process.platform === "win32") {
    return;
  }
  // oxlint-disable-next-line node/no-process-env -- npm says there what it runs
  const starters = startersOf({ env: process.env, source, parent: process.ppid, describe });
  if (starters === "gone") {
    process.exit(exitCodeWithoutStarter);
  }
  if (starters.length === 0) {
    return;
  }
  /** @type {import("node:events").EventEmitter} */
  const ears = process;
  const timer = setInterval(() => {
    if (starters.some(isGone)) {
      clearInterval(timer);
      if (!ears.emit("starter gone")) {
        process.exit(exitCodeWithoutStarter);
      }
    }
  }, everyMs);
  timer.unref();
}

/** @param {number} pid */
function describe(pid) {
  try {
    if (process.platform === "linux") {
      // Its name, in parentheses, may contain anything.
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const parent = Number(stat.slice(stat.lastIndexOf(")")).split(" ")[2]);
      return { parent, words: readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ") };
    }
    const [, parent, words = ""] =
      /^\s*(\d+) (.*)/s.exec(
        execFileSync("ps", ["-o", "ppid=,args=", "-p", String(pid)], { encoding: "utf8" }),
      ) ?? [];
    return { parent: Number(parent), words };
  } catch {
    // It has just ended, or this system doesn't show it. Its parent is watched at least.
    return undefined;
  }
}

/** @param {number} pid */
function isGone(pid) {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // What belongs to another user can't be signalled, but it is there.
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}
