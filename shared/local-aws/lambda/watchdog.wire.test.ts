import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, expect, it } from "vitest";
import { eventually } from "#shared/testing/eventually.ts";
import { isAlive } from "#shared/testing/processes.ts";
import { Watchdog } from "./watchdog.ts";

// That it also ends them if we are killed is tested in lambda-orphans.wire.test.ts.
let watchdog: Watchdog;
const started: number[] = [];
beforeEach(() => {
  watchdog = new Watchdog((message) => {
    throw new Error(message);
  });
});
afterEach(async () => {
  started
    .splice(0)
    .filter(isAlive)
    .forEach((pid) => process.kill(pid, "SIGKILL"));
  await watchdog.stop();
});

/** A process that spins and handles nothing. */
async function spinning(): Promise<number> {
  const child = spawn(process.execPath, ["-e", 'process.stdout.write("spins", () => { for (;;); });']);
  await once(child.stdout, "data");
  const { pid = 0 } = child;
  started.push(pid);
  return pid;
}

it("ends what is still watched when it stops, and nothing else", async () => {
  const [watched, left] = await Promise.all([spinning(), spinning()]);
  watchdog.watch(watched);
  watchdog.watch(left);
  watchdog.leave(left);

  await watchdog.stop();

  await eventually(() => expect(isAlive(watched)).toBe(false));
  expect(isAlive(left)).toBe(true);
  expect(watchdog.pid).toBeUndefined();
});

it("starts nothing before there is something to watch", () => {
  watchdog.leave(1);

  expect(watchdog.pid).toBeUndefined();
});

it.skipIf(process.platform === "win32")("is in a group of its own, which Ctrl-C doesn't reach", async () => {
  watchdog.watch(await spinning());

  const group = -Number(watchdog.pid);
  expect(() => process.kill(group, 0)).not.toThrow();
});

it("starts again if it was killed, and still watches everything", async () => {
  const [before, after] = await Promise.all([spinning(), spinning()]);
  watchdog.watch(before);
  process.kill(Number(watchdog.pid), "SIGKILL");
  await eventually(() => expect(watchdog.pid).toBeUndefined());

  watchdog.watch(after);
  await watchdog.stop();

  await eventually(() => expect([before, after].map(isAlive)).toEqual([false, false]));
});

it("says why it can't start, and tries again with everything when there is more to watch", async ({
  onTestFinished,
}) => {
  const { execPath } = process;
  onTestFinished(() => void (process.execPath = execPath));
  const problems: string[] = [];
  watchdog = new Watchdog((message) => problems.push(message));
  const [before, after] = await Promise.all([spinning(), spinning()]);
  process.execPath = "/nowhere/node";
  watchdog.watch(before);
  await eventually(() => expect(problems).toEqual([expect.stringContaining("/nowhere/node")]));

  process.execPath = execPath;
  watchdog.watch(after);
  await watchdog.stop();

  await eventually(() => expect([before, after].map(isAlive)).toEqual([false, false]));
});
