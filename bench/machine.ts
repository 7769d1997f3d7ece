import { execFile } from "node:child_process";
import os from "node:os";
import { promisify } from "node:util";
import type { Results } from "#shared/results.ts";

/** What the figures were measured on; the commit is `null` outside a git repository. */
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
