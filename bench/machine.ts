import { execFile } from "node:child_process";
import os from "node:os";
import { promisify } from "node:util";
import type { Results } from "#shared/results.ts";

/**
 * Everything started from now on runs at a lower priority than the sender, which was started before: beside twenty processes on two
 * cores the sender is on time only if it may go first. Lowering one's own priority needs no permission. All measured processes have
 * the same priority, so what a chapter's processes take from each other stays the same.
 */
export function giveWayToSender(): void {
  os.setPriority(Math.min(os.getPriority() + stepsBehindSender, os.constants.priority.PRIORITY_LOW));
}

// A process still gets a third of the CPU time of one that is five steps ahead, if both want the same core. With six other busy
// processes on two cores, one of a hundred requests was late by 32 to 1,600 ms without this, and by 7 to 170 ms with it.
const stepsBehindSender = 5;

/** What the figures were measured on. The commit is `null` outside a git repository. */
export async function describeMachine(): Promise<Results["environment"]> {
  const [processor] = os.cpus();
  const git = async (...args: string[]) => {
    try {
      const { stdout } = await promisify(execFile)("git", args, {
        cwd: import.meta.dirname,
        timeout: 5_000,
      });
      return stdout.trim();
    } catch {
      return null;
    }
  };
  const [commit, changes] = await Promise.all([git("rev-parse", "HEAD"), git("status", "--porcelain")]);
  return {
    machine: processor?.model.trim() ?? "unknown",
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    os: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    commit,
    dirty: changes === null ? null : changes !== "",
  };
}
