import { expect, test } from "vitest";
import type { RunningChapter } from "#shared/run/running-chapter.ts";
import { createTroublemaker } from "./trouble.ts";

const url = "http://127.0.0.1:65535";
const [devices, tickets, queue] = [{ DEVICES_TABLE: "D" }, { ACTIVATIONS_TABLE: "A" }, { QUEUE_URL: url }];

/** A chapter that only records what is done to it. */
function chapter(outputs: Record<string, string>, worksWith: "api" | "worker" | "function") {
  const done: unknown[] = [];
  const device = "00-00-5E-10-00-00-00-00";
  // Idle at the first look.
  const looks: string[][] = [[]];
  const running = {
    chapter: "05-dead-letter-queue",
    outputs,
    vendorUrl: url,
    inspectUrl: url,
    worksWith: () => worksWith,
    vendor: {
      setWeather: async (change: unknown) => done.push(change),
      openCalls: async () => looks.shift() ?? [device],
    },
    aws: { deliverTwice: async (...how: unknown[]) => done.push(how) },
    kill: async (target: string) => {
      done.push(target);
      return { pid: 7, openCalls: worksWith === target ? [device] : [] };
    },
  } as unknown as RunningChapter;
  return { done, make: createTroublemaker(running, "05") };
}

const kinds = [
  ["works in the API", { ...devices, ...tickets }, "api"],
  ["has a worker", { ...devices, ...tickets, ...queue }, "worker"],
  [
    "has a function and a dead-letter queue",
    { ...devices, ...tickets, ...queue, DEAD_LETTER_QUEUE_URL: url },
    "function",
  ],
] as const;

test.each(kinds)(
  "a chapter that %s says what was killed, and what to watch",
  async (_what, outputs, worksWith) => {
    const { done, make } = chapter(outputs, worksWith);

    const lines = await make({ kind: "kill", target: worksWith });

    expect(done).toEqual([worksWith]);
    expect(lines[0]).toBe(`Killed the ${worksWith} (process 7) with 1 open at the vendor.`);
    expect(lines.length).toBeGreaterThan(1);
  },
);

test("an outage begins at once and ends by itself", async () => {
  const { done, make } = chapter(kinds[2][1], "function");

  const lines = await make({ kind: "outage", seconds: 0.01 });

  expect(lines.join("\n")).toContain("npm run redrive 05");
  await expect.poll(() => done).toEqual([{ outage: true }, { outage: false }]);
});

test("duplicates can be turned on and off, and need a queue", async () => {
  const { done, make } = chapter(kinds[1][1], "worker");

  expect((await make({ kind: "duplicates", everyNth: 3 }))[0]).toContain("Every 3rd message");
  expect((await make({ kind: "duplicates", everyNth: 0 }))[0]).toContain("no message");
  expect(done).toEqual([
    [3, [0, 200, 2_000]],
    [0, [0, 200, 2_000]],
  ]);
  await expect(chapter(devices, "api").make({ kind: "duplicates", everyNth: 3 })).rejects.toThrow(
    "has no queue",
  );
});

test.each(kinds)(
  "everything that a chapter that %s says fits into 80 columns",
  async (_what, outputs, worksWith) => {
    const { make } = chapter({ ...outputs, ...queue }, worksWith);

    const lines = [
      ...(await make({ kind: "kill", target: "api" })),
      ...(await make({ kind: "kill", target: worksWith })),
      ...(await make({ kind: "outage", seconds: 3_600 })),
      ...(await make({ kind: "duplicates", everyNth: 1_000 })),
    ];

    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  },
);
