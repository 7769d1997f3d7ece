import { expect, it } from "vitest";
import { busyShares, watchProcessor } from "./processor.ts";
import type { MachineTime } from "./processor.ts";

const never = new AbortController().signal;

it("knows the busy share of all the time, and of the busiest phase", () => {
  const moments = [
    { allMs: 1_000, busyMs: 500 },
    { allMs: 3_000, busyMs: 900 },
    { allMs: 4_000, busyMs: 1_800 },
    { allMs: 6_000, busyMs: 1_800 },
  ];

  expect(busyShares(moments)).toEqual({ busyShare: 1_300 / 5_000, busiestShare: 0.9 });
});

it("gives no share of no time", () => {
  expect(busyShares([])).toEqual({ busyShare: 0, busiestShare: 0 });
  expect(busyShares([{ allMs: 5, busyMs: 5 }])).toEqual({ busyShare: 0, busiestShare: 0 });
});

it("looks at the machine once a phase, and adds up what a process used before and after it was killed", async () => {
  const looks: MachineTime[] = [];
  const machine = () => {
    looks.push({ allMs: looks.length * 100, busyMs: looks.length * 70 });
    return looks.at(-1) as MachineTime;
  };
  const times = [
    [{ name: "api", pid: 1, ms: 1_000 }],
    // Right before it is killed, and what came after it.
    [{ name: "api", pid: 1, ms: 4_000 }],
    [{ name: "api", pid: 2, ms: 2_000 }],
  ];
  const watching = watchProcessor({
    running: { processorTimes: async () => times.shift() ?? [] },
    phases: [
      { perSecond: 10, seconds: 0.02 },
      { perSecond: 10, seconds: 0.02 },
    ],
    startAtMs: performance.now(),
    signal: never,
    machine,
  });
  // Until the first look is over.
  while (times.length === 3) {
    await new Promise(setImmediate);
  }

  await watching.note();
  const { ofOneCore, ...shares } = await watching.use;

  expect(looks).toHaveLength(3);
  expect(shares).toEqual({ busyShare: 0.7, busiestShare: 0.7 });
  expect(Object.keys(ofOneCore)).toEqual(["benchmark", "api"]);
  // 5,000 ms of CPU time in about 40 ms, or more on a busy machine.
  expect(ofOneCore["api"]).toBeGreaterThan(1);
});

it("ends when told to", async () => {
  const stop = new AbortController();
  const { use } = watchProcessor({
    running: {},
    phases: [{ perSecond: 1, seconds: 60 }],
    startAtMs: performance.now(),
    signal: stop.signal,
  });

  stop.abort(new Error("Ctrl-C"));

  await expect(use).rejects.toThrow("abort");
});
