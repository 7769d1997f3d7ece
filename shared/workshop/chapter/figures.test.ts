import { expect, test } from "vitest";
import { deliveriesIn, withoutMoments } from "./figures.ts";
import type { Delivery, Figures } from "./figures.ts";

const body = (number: number) => JSON.stringify({ eventId: `e-${number}`, macAddress: `mac-${number}` });
const message = (number: number, state: "visible" | "inFlight" | "delayed", receiveCount = 1) => ({
  messageId: String(number),
  body: body(number),
  receiveCount,
  state,
  sentAtMs: 0,
  ...(state !== "visible" && { visibleAtMs: 9_000 }),
});
const counts = { visible: 0, inFlight: 0, delayed: 0, oldestAgeSeconds: 0, arn: "" };

test("an in-flight message counts as in work if a function has it or the vendor is called for it, otherwise as hidden", () => {
  const work = [
    message(1, "visible", 0),
    message(2, "inFlight"),
    message(3, "inFlight"),
    message(4, "inFlight", 3),
    { ...message(5, "visible"), body: "not ours" },
  ];
  const queues = [
    { ...counts, name: "work", url: "work", maxReceiveCount: 5, messages: work },
    { ...counts, name: "dead", url: "dead", messages: [message(6, "visible", 5)] },
  ];
  const environments = [{ pid: 1, state: "busy" as const, bodies: [body(2)] }];
  const functions = [{ environments }] as unknown as Parameters<typeof deliveriesIn>[0]["functions"];

  expect(Object.fromEntries(deliveriesIn({ queues, functions }, ["mac-3"], "dead"))).toEqual({
    "e-1": { state: "waiting", tries: 0, mostTries: 5 },
    "e-2": { state: "in work", tries: 1, mostTries: 5, comesBackAtMs: 9_000 },
    "e-3": { state: "in work", tries: 1, mostTries: 5, comesBackAtMs: 9_000 },
    "e-4": { state: "hidden", tries: 3, mostTries: 5, comesBackAtMs: 9_000 },
    "e-6": { state: "set aside", tries: 5 },
  });
});

test("a message that looks hidden only for a moment, between two steps, counts as in work", () => {
  const seen = (delivery: Delivery): Figures => ({
    isApiUp: true,
    isWorkerUp: true,
    queue: { visible: 0, delayed: 0, inFlight: 1, hidden: 1 },
    deliveries: new Map([["e-1", delivery]]),
  });
  const hidden = seen({ state: "hidden", tries: 2 });
  const shown = (before: Delivery) => withoutMoments(hidden, seen(before));

  expect(shown({ state: "waiting", tries: 1 }).queue?.hidden).toBe(0);
  expect(shown({ state: "in work", tries: 2 }).deliveries?.get("e-1")?.state).toBe("in work");
  expect(shown({ state: "hidden", tries: 1 }).queue?.hidden).toBe(0);
  expect(shown({ state: "hidden", tries: 2 })).toEqual(hidden);
});
