import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";

import { eventually } from "#shared/testing/eventually.ts";
import { isAlive } from "../../testing/processes.ts";
import { firstMessageOf, forkArguments } from "#shared/testing/typescript.ts";

const launcherFile = fileURLToPath(new URL("./fixtures/launcher.ts", import.meta.url));
let launcher: ChildProcess;
afterEach(() => launcher.kill("SIGKILL"));

// A killed launcher can't stop anything, so each process has to notice by itself, even one that spins.
it.each(["launcher", "aws"] as const)(
  "after kill -9 of the %s no spinning function is left",
  async (victim) => {
    launcher = fork(...forkArguments(launcherFile));
    const { aws, environment } = (await firstMessageOf(launcher)) as { aws: number; environment: number };
    const pids = { launcher: launcher.pid ?? 0, aws, environment };
    expect(Object.values(pids).map(isAlive)).toEqual([true, true, true]);

    process.kill(pids[victim], "SIGKILL");

    await eventually(() => expect([aws, environment].map(isAlive)).toEqual([false, false]));
  },
);
