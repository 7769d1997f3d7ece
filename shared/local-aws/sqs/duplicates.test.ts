import { beforeEach, expect, it } from "vitest";
import type { Queue } from "./queue.ts";
import type { ReceivedMessage } from "./message.ts";
import { SqsService } from "./service.ts";
import { ManualClock } from "./testing/manual-clock.ts";

let clock: ManualClock;
let sqs: SqsService;
let queue: Queue;

beforeEach(() => {
  clock = new ManualClock();
  sqs = new SqsService({ clock });
  queue = sqs.createQueue("work", { VisibilityTimeout: "30" });
});

const receive = (from = queue, maxNumberOfMessages = 10) => from.receive({ maxNumberOfMessages });
const receiveOne = async (from = queue) => (await receive(from, 1))[0] as ReceivedMessage;
const bodies = (messages: ReceivedMessage[]) => messages.map(({ body }) => body);

it("delivers every third message twice, after the delays in turn, even if the first was deleted", async () => {
  queue.deliverTwice(3, [0, 5_000]);
  for (const body of ["1", "2", "3", "4", "5", "6", "7"]) {
    queue.send({ body });
  }
  const first = await receive();
  first.forEach(({ receiptHandle }) => queue.delete(receiptHandle));

  const atOnce = await receive();
  clock.advance(4_999);
  const early = bodies(await receive());
  clock.advance(1);
  const late = await receive();

  expect([bodies(first), bodies(atOnce), early, bodies(late)]).toEqual([
    ["1", "2", "3", "4", "5", "6", "7"],
    ["3"],
    [],
    ["6"],
  ]);
  expect([...atOnce, ...late].map(({ messageId }) => messageId)).toEqual([
    first[2]?.messageId,
    first[5]?.messageId,
  ]);
});

it("deletes one copy without the other, and makes no copy of a copy", async () => {
  queue.deliverTwice(1, [0]);
  queue.send({ body: "a" });
  const original = await receiveOne();
  const copy = await receiveOne();

  queue.delete(original.receiptHandle);
  const left = queue.messages().length;
  queue.delete(copy.receiptHandle);

  expect([left, queue.messages(), copy.messageId]).toEqual([1, [], original.messageId]);
});

it("stops with 0", async () => {
  queue.deliverTwice(1, [0]);
  queue.deliverTwice(0, []);
  queue.send({ body: "a" });

  expect([bodies(await receive()), bodies(await receive())]).toEqual([["a"], []]);
});
