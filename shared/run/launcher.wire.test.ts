import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { readInspection } from "#shared/local-aws/inspection.ts";
import { eventually } from "#shared/testing/eventually.ts";
import { sendMessage } from "#shared/testing/message.ts";
import { descendantsOf, isAlive } from "#shared/testing/processes.ts";
import { firstMessageOf, forkArguments } from "#shared/testing/typescript.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Windows has no `ps` to list what a process has started. The mechanism is the same there.
describe.skipIf(process.platform === "win32")("kill -9 of the launcher", () => {
  let launcher: ChildProcess;
  const pids = () => descendantsOf(launcher.pid ?? 0);

  const launch = () => {
    launcher = fork(...forkArguments(here("fixtures/launcher.ts"), here("fixtures/small")));
  };
  afterEach(() => {
    launcher.kill("SIGKILL");
  });

  test("leaves no process, not even a function that spins", async () => {
    launch();
    const { inspectUrl, queueUrl } = (await firstMessageOf(launcher)) as {
      inspectUrl: string;
      queueUrl: string;
    };
    await sendMessage(queueUrl, "spin");
    const spinning = await eventually(async () => {
      const { functions } = await readInspection(inspectUrl, "without");
      return functions[0]?.environments.find(({ bodies }) => bodies.includes("spin"))?.pid ?? false;
    });
    const before = pids();
    expect(before).toContain(spinning);
    // The vendor, the embedded AWS, the API, the worker, and the environment.
    expect(before.length).toBeGreaterThanOrEqual(5);

    launcher.kill("SIGKILL");

    await eventually(() => expect(before.filter(isAlive)).toEqual([]), { everyMs: 50 });
  });
});
