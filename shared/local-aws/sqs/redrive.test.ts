import { beforeEach, expect, it } from "vitest";
import type { Queue } from "./queue.ts";
import type { ReceivedMessage } from "./message.ts";
import { SqsService } from "./service.ts";
import { ManualClock } from "./testing/manual-clock.ts";

let clock: ManualClock;
let sqs: SqsService;
let queue: Queue;
let deadLetters: Queue;

beforeEach(() => {
  clock = new ManualClock();
  sqs = new SqsService({ clock });
  deadLetters = sqs.createQueue("dead-letters");
  const policy = { deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 2 };
  queue = sqs.createQueue("work", { VisibilityTimeout: "30", RedrivePolicy: JSON.stringify(policy) });
});

const receive = (from = queue, maxNumberOfMessages = 10) => from.receive({ maxNumberOfMessages });
const receiveOne = async (from = queue) => (await receive(from, 1))[0] as ReceivedMessage;
const empty = { visible: 0, inFlight: 0, delayed: 0, oldestAgeSeconds: 0 };

const failTwice = async () => {
  await receive();
  clock.advance(30_000);
  await receive();
  clock.advance(30_000);
};

it("sets a message aside on the receive after the last one it allows", async () => {
  queue.send({ body: "poison" });
  await failTwice();
  const before = [queue.counts().visible, deadLetters.counts().visible];

  const third = await receive();

  expect([before, third]).toEqual([[1, 0], []]);
  expect([queue.counts(), deadLetters.messages().map(({ body }) => body)]).toEqual([empty, ["poison"]]);
});

it("keeps the id, time of sending and receive count in the dead-letter queue, and names the source queue", async () => {
  const { messageId, sentAtMs } = queue.send({ body: "poison" }).content;
  await failTwice();
  await receive();

  const message = await receiveOne(deadLetters);

  expect([message.messageId, message.attributes]).toEqual([
    messageId,
    {
      ApproximateReceiveCount: "3",
      SentTimestamp: String(sentAtMs),
      ApproximateFirstReceiveTimestamp: String(sentAtMs),
      SenderId: "AIDALOCALSENDER",
      DeadLetterQueueSourceArn: queue.arn,
    },
  ]);
});

it("counts retention in the dead-letter queue from the sending, and the age from the move", async () => {
  deadLetters.setAttributes({ MessageRetentionPeriod: "120" });
  queue.send({ body: "poison" });
  await failTwice();
  await receive();

  clock.advance(59_999);
  const before = deadLetters.counts();
  clock.advance(1);

  expect(before).toEqual({ ...empty, visible: 1, oldestAgeSeconds: 59.999 });
  expect(deadLetters.counts()).toEqual(empty);
});

it("counts the receives of this queue only: a dead-letter queue may have a redrive policy too", async () => {
  const last = sqs.createQueue("last");
  const policy = { deadLetterTargetArn: last.arn, maxReceiveCount: 1 };
  deadLetters.setAttributes({ RedrivePolicy: JSON.stringify(policy) });
  queue.send({ body: "poison" });
  await failTwice();
  await receive();

  const once = await receive(deadLetters);
  clock.advance(30_000);
  const again = await receive(deadLetters);

  expect([once.length, again.length, last.counts().visible]).toEqual([1, 0, 1]);
});

const poison = async (count: number) => {
  for (let index = 1; index <= count; index += 1) {
    queue.send({ body: `poison ${index}` });
  }
  await failTwice();
  await receive();
};
const start = (maxNumberOfMessagesPerSecond?: number) =>
  sqs.moveTasks.start({
    sourceArn: deadLetters.arn,
    destinationArn: undefined,
    maxNumberOfMessagesPerSecond,
  });

it("moves everything back to its source queue, with new ids, new times and fresh receive counts", async () => {
  await poison(3);
  const old = deadLetters.messages().map(({ messageId }) => messageId);

  const task = start();
  clock.advance(1_000);

  expect(task).toMatchObject({ status: "COMPLETED", moved: 3, toMove: 3 });
  expect(deadLetters.counts()).toEqual(empty);
  const messages = await receive();
  expect(messages.map(({ body }) => body)).toEqual(["poison 1", "poison 2", "poison 3"]);
  for (const { messageId, attributes } of messages) {
    expect(old).not.toContain(messageId);
    expect(attributes).toMatchObject({
      ApproximateReceiveCount: "1",
      SentTimestamp: String(task.startedAtMs + 5),
    });
  }
});

it("keeps to the rate, refuses a second task meanwhile, and leaves the unmoved messages when cancelled", async () => {
  await poison(5);

  const task = start(2);
  clock.advance(1_000);
  const second = () => start();
  expect(second).toThrow("There is already a task running");
  sqs.moveTasks.cancel(task.handle);
  clock.advance(10_000);

  expect(task).toMatchObject({ status: "CANCELLED", moved: 2, toMove: 5 });
  expect([queue.counts().visible, deadLetters.counts().visible]).toEqual([2, 3]);
  expect(() => sqs.moveTasks.cancel(task.handle)).toThrow("Task does not exist.");
});

it("fails, and keeps the message, if the queue to move to is gone or unknown", async () => {
  await poison(1);
  sqs.deleteQueue(queue);
  const other = sqs.createQueue("other", {
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 1 }),
  });

  const gone = start();
  clock.advance(1_000);
  const left = deadLetters.counts().visible;
  deadLetters.purge();
  deadLetters.send({ body: "sent here by hand" });
  const unknown = start();
  clock.advance(1_000);

  expect([gone.status, gone.failureReason, left]).toEqual([
    "FAILED",
    "AWS.SimpleQueueService.NonExistentQueue",
    1,
  ]);
  expect([unknown.status, unknown.failureReason]).toEqual(["FAILED", "CouldNotDetermineMessageSource"]);
  expect([deadLetters.counts().visible, other.counts()]).toEqual([1, empty]);
});

it("remembers the last ten tasks, the newest first", async () => {
  const tasks = Array.from({ length: 12 }, () => {
    const task = start();
    clock.advance(1_000);
    return task;
  });

  expect(sqs.moveTasks.list(deadLetters.arn)).toEqual(tasks.toReversed().slice(0, 10));
});
