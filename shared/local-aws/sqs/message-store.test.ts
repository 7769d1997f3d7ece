import { expect, it } from "vitest";
import { stateOf } from "./message.ts";
import type { Message } from "./message.ts";
import { MessageHeap } from "./message-store.ts";
import { seededRandom } from "./testing/seeded-random.ts";

function message(sequence: number): Message {
  const content = {
    messageId: `m-${sequence}`,
    body: "",
    md5OfBody: "",
    messageAttributes: {},
    systemAttributes: {},
    sentAtMs: 0,
  };
  const counts = {
    receiveCount: 0,
    receiveCountHere: 0,
    firstReceivedAtMs: undefined,
    lastReceivedAtMs: undefined,
  };
  return {
    content,
    sequence,
    arrivedAtMs: 0,
    place: undefined,
    ...counts,
    deadLetterSourceArn: undefined,
    duplicateAfterMs: undefined,
  };
}

const takeAll = (heap: MessageHeap, nowMs: number) => {
  const taken: number[] = [];
  for (let next = heap.takeVisible(nowMs); next !== undefined; next = heap.takeVisible(nowMs)) {
    taken.push(next.sequence);
  }
  return taken;
};

it("returns what is visible, the earliest first, and equal times in the order of sending", () => {
  const heap = new MessageHeap();
  for (const [sequence, visibleAtMs] of [
    [1, 50],
    [3, 10],
    [2, 10],
    [4, 101],
    [5, 100],
  ] as const) {
    heap.put(message(sequence), visibleAtMs);
  }

  const taken = takeAll(heap, 100);

  expect(taken).toEqual([2, 3, 1, 5]);
  expect(heap.nextVisibleAtMs()).toBe(101);
});

it("uses a message's latest time only, although its former place is still in the heap", () => {
  const heap = new MessageHeap();
  const [moved, twiceTheSame, removed] = [message(1), message(2), message(3)];
  heap.put(moved, 10);
  heap.put(moved, 200);
  heap.put(twiceTheSame, 20);
  heap.put(twiceTheSame, 20);
  heap.put(removed, 5);
  heap.remove(removed);

  expect(heap.nextVisibleAtMs()).toBe(20);
  expect(takeAll(heap, 100)).toEqual([2]);
  expect(takeAll(heap, 200)).toEqual([1]);
});

it("is empty after everything was removed", () => {
  const heap = new MessageHeap();
  const only = message(1);
  heap.put(only, 0);

  heap.remove(only);

  expect([heap.nextVisibleAtMs(), heap.takeVisible(Infinity)]).toEqual([undefined, undefined]);
});

it("keeps the order through ten thousand changes, which leave and sweep thousands of places", () => {
  const random = seededRandom(7);
  const heap = new MessageHeap();
  const messages = Array.from({ length: 500 }, (_, index) => message(index));
  for (let change = 0; change < 10_000; change += 1) {
    const any = messages[Math.floor(random() * messages.length)] as Message;
    if (random() < 0.3) {
      heap.remove(any);
    } else {
      heap.put(any, Math.floor(random() * 1_000));
    }
  }
  const inOrder = messages
    .filter(({ place }) => place !== undefined)
    .toSorted((one, other) => (one.place?.visibleAtMs ?? 0) - (other.place?.visibleAtMs ?? 0))
    .map(({ sequence }) => sequence);

  expect(takeAll(heap, 1_000)).toEqual(inOrder);
});

it("tells delayed, visible and in flight apart by the time and by whether it was received", () => {
  const heap = new MessageHeap();
  const one = message(1);
  heap.put(one, 10);

  const before = stateOf(one, 9);
  const from = stateOf(one, 10);
  one.receiveCountHere = 1;
  heap.put(one, 30);

  expect([before, from, stateOf(one, 29), stateOf(one, 30)]).toEqual([
    "delayed",
    "visible",
    "inFlight",
    "visible",
  ]);
});
