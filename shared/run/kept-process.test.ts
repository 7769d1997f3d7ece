import { expect, test } from "vitest";
import { eventually } from "#shared/testing/eventually.ts";
import type { Child } from "./child-process.ts";
import { KeptProcess } from "./kept-process.ts";

/** Stands for a process. The test decides when it is ready and when it ends. */
function fakeProcess(pid: number) {
  let tellReady = () => {};
  let refuse: (error: Error) => void = () => {};
  let tellEnd: (how: string) => void = () => {};
  const ready = new Promise<Record<string, unknown>>((resolve, reject) => {
    tellReady = () => resolve({ pid });
    refuse = reject;
  });
  ready.catch(() => {});
  const exited = new Promise<string>((resolve) => {
    tellEnd = resolve;
  });
  const end = (how: string) => {
    refuse(new Error(`ended: ${how}`));
    tellEnd(how);
  };
  const child: Child = {
    pid,
    ready,
    exited,
    send: () => {},
    ask: async () => undefined,
    processorMs: async () => undefined,
    kill: async () => end("signal SIGKILL"),
    stop: async () => end("exit code 0"),
  };
  return { child, end, tellReady };
}

function keep({ isReadyAtOnce = true } = {}) {
  const started: ReturnType<typeof fakeProcess>[] = [];
  const lines: string[] = [];
  const kept = new KeptProcess({
    name: "worker",
    fork: () => {
      const fake = fakeProcess(started.length + 1);
      started.push(fake);
      if (isReadyAtOnce) {
        fake.tellReady();
      }
      return fake.child;
    },
    onLine: (line) => lines.push(line),
    restartDelaysMs: [1, 1],
  });
  return { kept, started, lines };
}

test("a process that was killed on purpose restarts at once, however often", async () => {
  const { kept, started, lines } = keep();
  await kept.start();

  for (const pid of [1, 2, 3, 4, 5]) {
    expect(await kept.kill()).toBe(pid);
    await kept.whenReady();
  }

  expect(started).toHaveLength(6);
  expect(kept.pid).toBe(6);
  expect(lines).toEqual([]);
});

test("a process that keeps dying is restarted a few times, and then given up with one sentence", async () => {
  const { kept, started, lines } = keep();
  await kept.start();

  for (const index of [0, 1, 2]) {
    await eventually(() => started.length > index && kept.pid === index + 1);
    await kept.whenReady();
    started[index]?.end("exit code 7, Error: no queue");
  }

  const sentence =
    "The worker ended by itself 3 times (exit code 7, Error: no queue) and stays down: fix it and start the chapter again";
  expect(await kept.givenUp).toBe(sentence);
  await expect(kept.whenReady()).rejects.toThrow(sentence);
  expect(lines).toHaveLength(2);
  await expect(kept.kill()).rejects.toThrow("not running");
});

test("a start that fails is not repeated", async () => {
  const { kept, started } = keep({ isReadyAtOnce: false });
  const start = kept.start();
  started[0]?.end("exit code 1");

  await expect(start).rejects.toThrow("ended: exit code 1");
  expect(started).toHaveLength(1);
});

test("a process that ends during its restart is started once more", async () => {
  const { kept, started } = keep({ isReadyAtOnce: false });
  const start = kept.start();
  started[0]?.tellReady();
  await start;
  await kept.kill();
  started[1]?.end("exit code 1");

  await eventually(() => started.length === 3);
  started[2]?.tellReady();

  await kept.whenReady();
  expect(kept.pid).toBe(3);
});

test("a process that is stopped during its restart stays down until it is started", async () => {
  const { kept, started } = keep({ isReadyAtOnce: false });
  const start = kept.start();
  started[0]?.tellReady();
  await start;
  await kept.kill();

  await kept.stop(100);

  expect(kept.pid).toBeUndefined();
  await kept.whenReady();
  expect(started).toHaveLength(2);
  const again = kept.start();
  started[2]?.tellReady();
  await again;
  expect(kept.pid).toBe(3);
});
