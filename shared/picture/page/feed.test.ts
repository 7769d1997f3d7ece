import { serialize, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it, vi } from "vitest";
import { activationOf, inventedTrace } from "#shared/testing/invented-trace.ts";
import type { InventedEvent } from "#shared/testing/invented-trace.ts";
import { Feed } from "./feed.ts";

// By then the points of the clocks, the tickets and the customers to whom something happened are as many as are ever kept.
const early = [18, 19, 20];
const late = [58, 59, 60];
const sceneAllowed = 1.1;
// Half of what one kept event of each customer takes. V8 keeps up to 30 for its own code, and no more in the three hours after.
const bytesAllowed = 60;
const everyMs = 250;
const perMinute = 60_000 / everyMs;
const messageEveryMs = 50;
// The page looks each second. That takes ten times as long, and tells this test no more.
const lookEveryMs = 10_000;
// An hour takes four seconds of processor time, and ten times as long on a busy machine.
const timeout = 120_000;

/** A customer of chapter 07 for whom all goes well, in one of five environments. */
function usual(nth: number, ms: number): InventedEvent[] {
  const [a, environment, by] = [activationOf(nth), 4_711 + (nth % 5), idOf("i", nth)];
  return [
    a.asked(ms),
    a.claimed(ms + 1),
    a.sent(ms + 2),
    a.written(ms + 3, "api", "accepted"),
    a.answered(ms + 5, 202),
    a.delivered(ms + 6, { to: "lambda" }),
    a.invoked(ms + 7, environment, by),
    a.written(ms + 8, by, "provisioning", { leaseOwner: idOf("o", nth), leaseEndsAtMs: ms + 4_500 }),
    ...a.called(ms + 9, by, nth, 200),
    a.written(ms + 212, by, "active"),
    a.deleted(ms + 213, "lambda"),
    a.returned(ms + 214, environment, by),
  ];
}

/** One to whom something happens: mostly an error, else a second provisioning, or failures until the message is set aside. */
function unusual(nth: number, ms: number): InventedEvent[] {
  const a = activationOf(nth);
  const [call, copy, aside, again] = [nth + 0.2, nth + 0.4, nth + 0.6, nth + 0.8];
  const [environment, first, second] = [4_711, idOf("i", nth), idOf("j", nth)];
  if (nth % 100 === 0) {
    return [
      ...usual(nth, ms),
      a.copied(ms + 10, copy),
      ...a.called(ms + 12, second, call, 210),
      a.deleted(ms + 215, "lambda", copy),
    ];
  }
  return nth % 50 === 0
    ? [
        ...usual(nth, ms).slice(0, 7),
        ...a.called(ms + 9, first, nth, 100, 500),
        a.returned(ms + 110, environment, first, { outcome: "failed", failedRows: [nth] }),
        a.setAside(ms + 120, aside),
        a.redriven(ms + 130, aside, again),
        a.invoked(ms + 140, environment, second, again),
        ...a.called(ms + 141, second, call, 50),
        a.written(ms + 192, second, "active"),
        a.deleted(ms + 193, "lambda", again),
        a.returned(ms + 194, environment, second),
      ]
    : [a.asked(ms), a.answered(ms + 5, 503)];
}

/** As long as a real one: a page keeps short texts in another way. */
const idOf = (kind: string, nth: number) => `${kind}-${String(nth).padStart(34, "0")}`;

/** A minute of a trace, as the messages in which a page gets it. */
function messagesOf(minute: number): string[] {
  const { events, header } = inventedTrace(
    Array.from({ length: perMinute }, (_, at) => {
      const nth = (minute - 1) * perMinute + at + 1;
      return (nth % 5 === 0 ? unusual : usual)(nth, (nth - 1) * everyMs);
    }).flat(),
  );
  const messages = new Map<number, typeof events>();
  for (const event of events) {
    const at = Math.floor((event.atMs - header.startedAtMs) / messageEveryMs);
    messages.set(at, [...(messages.get(at) ?? []), event]);
  }
  return [...messages.values()].map((list) => JSON.stringify(list));
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function heapBytes(): number {
  const looks = Array.from({ length: 2 }, () => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  });
  return Math.min(...looks);
}

/** A feed whose messages come from a test. */
function invented(): { feed: Feed; send: (name: string, data: string) => void } {
  const listeners = new Map<string, (message: { data: string }) => void>();
  vi.stubGlobal(
    "EventSource",
    class {
      addEventListener(name: string, listener: (message: { data: string }) => void): void {
        listeners.set(name, listener);
      }
    },
  );
  const feed = new Feed("http://127.0.0.1/events", () => {});
  return { feed, send: (name, data) => listeners.get(name)?.({ data }) };
}

it("holds no more after an hour than after a few minutes", { timeout }, () => {
  const { feed, send } = invented();
  send("header", JSON.stringify(inventedTrace([], { plan: "live" }).header));
  const beforeBytes = heapBytes();
  const held = { heap: new Map<number, number>(), scene: new Map<number, number>() };

  let sinceLookMs = 0;
  for (let minute = 1; minute <= Math.max(...late); minute += 1) {
    for (const message of messagesOf(minute)) {
      send("message", message);
      sinceLookMs += messageEveryMs;
      if (sinceLookMs >= lookEveryMs) {
        sinceLookMs = 0;
        feed.happened();
      }
    }
    if (early.includes(minute) || late.includes(minute)) {
      feed.happened();
      held.heap.set(minute, heapBytes() - beforeBytes);
      held.scene.set(minute, serialize(feed.scene).byteLength);
    }
  }

  // What else runs in this process only adds to a figure, so the smallest is the truest.
  const least = (of: Map<number, number>, minutes: readonly number[]) =>
    Math.min(...minutes.map((minute) => of.get(minute) ?? Number.NaN));
  const customers = (Math.min(...late) - Math.min(...early)) * perMinute;
  expect(least(held.scene, late)).toBeLessThan(sceneAllowed * least(held.scene, early));
  expect((least(held.heap, late) - least(held.heap, early)) / customers).toBeLessThan(bytesAllowed);
});
