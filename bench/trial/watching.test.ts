import { expect, it } from "vitest";
import type { Inspection } from "#shared/local-aws/inspection.ts";
import { seenAs, untilQuiet } from "./watching.ts";
import type { Activity } from "./watching.ts";

const nothing: Activity = { queued: 0, busyFunctions: 0, vendorCalls: 0 };
type Queue = Inspection["queues"][number];
const queue: Queue = {
  name: "main",
  url: "main",
  arn: "",
  visible: 0,
  inFlight: 0,
  delayed: 0,
  oldestAgeSeconds: 0,
  messages: [],
};
const idle: Inspection["functions"][number] = {
  name: "Work",
  mappingEnabled: true,
  mappings: [],
  invocations: 0,
  errors: 0,
  timeouts: 0,
  emptyAnswers: 0,
  processorMs: 0,
  asyncEvents: { received: 0, discarded: 0, waiting: 0, running: 0, oldestAgeSeconds: 0, events: [] },
  environments: [],
};

it.each<[string, Partial<Queue>, number]>([
  ["a message that can be received", { visible: 1 }, 1],
  ["one that somebody has in hand", { inFlight: 1 }, 1],
  ["one that comes later", { delayed: 1 }, 1],
  ["one that was set aside", { url: "dead", visible: 5 }, 0],
])("counts %s as %j", (_name, change, queued) => {
  const seen = { queues: [{ ...queue, ...change }], functions: [] };

  expect(seenAs(seen, "dead", 0).activity).toEqual({ queued, busyFunctions: 0, vendorCalls: 0 });
});

it("counts what waits inside Lambda as queued", () => {
  const asyncEvents = { ...idle.asyncEvents, waiting: 3, running: 1 };

  expect(seenAs({ queues: [], functions: [{ ...idle, asyncEvents }] }, undefined, 0).activity).toEqual({
    queued: 3,
    busyFunctions: 0,
    vendorCalls: 0,
  });
});

it("counts functions that are working, not idle ones", () => {
  const states = ["busy", "idle", "starting", "busy"] as const;
  const environments = states.map((state) => ({ pid: 1, state, bodies: [] }));

  expect(seenAs({ queues: [], functions: [{ ...idle, environments }] }, undefined, 3).activity).toEqual({
    queued: 0,
    busyFunctions: 2,
    vendorCalls: 3,
  });
});

it("is not fooled by a moment of quiet", async () => {
  const seen = [nothing, nothing, { ...nothing, vendorCalls: 1 }];
  let looks = 0;

  const ended = await untilQuiet({
    look: async () => seen[looks++] ?? nothing,
    notBeforeMs: 0,
    limitAtMs: performance.now() + 20_000,
    everyMs: 20,
  });

  expect(ended).toBe("quiet");
  expect(looks).toBeGreaterThan(seen.length + 3);
});

it("has a limit, however much there is still to do", async () => {
  const look = async () => ({ ...nothing, queued: 1 });

  const ended = await untilQuiet({ look, notBeforeMs: 0, limitAtMs: performance.now() + 50, everyMs: 10 });

  expect(ended).toBe("limit");
});

it("waits for what may still come by itself", async () => {
  const notBeforeMs = performance.now() + 700;

  await untilQuiet({ look: async () => nothing, notBeforeMs, limitAtMs: notBeforeMs + 20_000, everyMs: 10 });

  expect(performance.now()).toBeGreaterThanOrEqual(notBeforeMs);
});
