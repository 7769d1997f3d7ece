import { beforeEach, describe, expect, it } from "vitest";
import type { Queue } from "./queue.ts";
import type { ReceivedMessage } from "./message.ts";
import { SqsService } from "./service.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import { seededRandom } from "./testing/seeded-random.ts";

let clock: ManualClock;
let sqs: SqsService;
let queue: Queue;

const fifo = { FifoQueue: "true" };
beforeEach(() => {
  clock = new ManualClock();
  sqs = new SqsService({ clock });
  queue = sqs.createQueue("work.fifo", { ...fifo, VisibilityTimeout: "30" });
});

let sent = 0;
const send = (body: string, group = body.slice(0, 1), id = String((sent += 1))) =>
  queue.send({ body, systemAttributes: { MessageGroupId: group, MessageDeduplicationId: id } }).content;
const receive = (maxNumberOfMessages = 10, from = queue) => from.receive({ maxNumberOfMessages });
/** A long poll that has got nothing so far. */
const waiting = async () => {
  const messages = queue.receive({ maxNumberOfMessages: 10, waitTimeSeconds: 20 });
  await new Promise((resolve) => setImmediate(resolve));
  return { messages };
};
const bodies = (messages: ReceivedMessage[]) => messages.map(({ body }) => body);

describe("groups", () => {
  it("wait while an earlier message of theirs is in flight, and hold up no other group", async () => {
    ["a1", "a2", "b1"].forEach((body) => send(body));

    const first = await receive(1);
    const others = await receive();

    expect([bodies(first), bodies(others)]).toEqual([["a1"], ["b1"]]);
    first.forEach(({ receiptHandle }) => queue.delete(receiptHandle));
    expect(bodies(await receive())).toEqual(["a2"]);
  });

  it("deliver a message that comes back before those behind it", async () => {
    ["a1", "a2"].forEach((body) => send(body));
    await receive(1);
    clock.advance(30_000);

    expect(bodies(await receive())).toEqual(["a1", "a2"]);
  });

  it("go on in the same receive when the message before is set aside", async () => {
    sqs.createQueue("dead.fifo", fifo);
    const deadLetterTargetArn = sqs.queueNamed("dead.fifo")?.arn;
    queue.setAttributes({ RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 }) });
    ["a1", "a2"].forEach((body) => send(body));
    await receive(1);
    clock.advance(30_000);

    expect(bodies(await receive())).toEqual(["a2"]);
  });

  it("go on when the message before is too old", async () => {
    queue.setAttributes({ MessageRetentionPeriod: "60", VisibilityTimeout: "300" });
    send("a1");
    await receive();
    clock.advance(30_000);
    send("a2");

    const before = await receive();
    clock.advance(30_000);
    // The counts show it, since no one can receive a hidden message.
    expect(queue.counts()).toMatchObject({ visible: 1, inFlight: 0 });

    expect([before, bodies(await receive())]).toEqual([[], ["a2"]]);
  });

  it("that are held deliver nothing to anyone until they are released", async () => {
    ["a1", "a2", "b1"].forEach((body) => send(body));
    const messages = await receive(1);
    const [again, letGo] = [queue.hold(messages), queue.hold(messages)];
    queue.changeVisibility(messages[0]?.receiptHandle ?? "", 0);

    const meanwhile = await receive();
    again();
    const heldOnce = await receive();
    letGo();

    expect([meanwhile, heldOnce, await receive()].map(bodies)).toEqual([["b1"], [], ["a1", "a2"]]);
  });

  it("that are released go to waiting polls", async () => {
    send("a1");
    const letGo = queue.hold(await receive());
    clock.advance(30_000);
    const poll = await waiting();
    letGo();

    expect(bodies(await poll.messages)).toEqual(["a1"]);
  });

  it("deliver the next message to a waiting poll as soon as the one before is deleted", async () => {
    ["a1", "a2"].forEach((body) => send(body));
    const [first] = await receive(1);
    const poll = await waiting();

    queue.delete(first?.receiptHandle ?? "");

    expect(bodies(await poll.messages)).toEqual(["a2"]);
  });

  it("give a handle that is valid for its receive only", async () => {
    send("a1");
    const [first] = await receive();
    clock.advance(30_000);
    const deleteIt = () => queue.delete(first?.receiptHandle ?? "");

    expect(deleteIt).toThrow("The receipt handle has expired.");
    await receive();
    expect(deleteIt).toThrow("The receipt handle has expired.");
  });
});

describe("deduplication", () => {
  it("ends five minutes after the first send, however often it was repeated", () => {
    const first = send("a1", "a", "once");
    clock.advance(299_999);
    const repeated = send("a1", "a", "once");
    clock.advance(1);
    const later = send("a1", "a", "once");

    expect(repeated.messageId).toBe(first.messageId);
    expect(later.messageId).not.toBe(first.messageId);
    expect(queue.messages()).toHaveLength(2);
  });

  it("makes an ordered duplicate come once: the send is repeated, and dropped", async () => {
    queue.deliverTwice(1, [0]);
    send("a1");
    const [message] = await receive();
    queue.delete(message?.receiptHandle ?? "");
    clock.advance(60_000);

    expect([message?.body, queue.messages()]).toEqual(["a1", []]);
  });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
it("restarts the retention of a message that it sets aside, and keeps its group and id", async () => {
  const deadLetterQueue = sqs.createQueue("dead.fifo", { ...fifo, MessageRetentionPeriod: "120" });
  const policy = { deadLetterTargetArn: deadLetterQueue.arn, maxReceiveCount: 1 };
  queue.setAttributes({ RedrivePolicy: JSON.stringify(policy) });
  send("a1", "a", "once");
  await receive();
  clock.advance(100_000);
  await receive();

  clock.advance(119_999);
  const [message] = await receive(10, deadLetterQueue);
  clock.advance(1);

  expect(message?.attributes).toMatchObject({ MessageGroupId: "a", MessageDeduplicationId: "once" });
  expect(deadLetterQueue.messages()).toEqual([]);
});

// An assumption, see fifo.ts: a move doesn't count as a send.
it("lets a redrive bring a message back within the five minutes", async () => {
  const deadLetterQueue = sqs.createQueue("dead.fifo", fifo);
  const policy = { deadLetterTargetArn: deadLetterQueue.arn, maxReceiveCount: 1 };
  queue.setAttributes({ RedrivePolicy: JSON.stringify(policy) });
  send("a1");
  await receive();
  clock.advance(30_000);
  await receive();

  sqs.moveTasks.start({
    sourceArn: deadLetterQueue.arn,
    destinationArn: undefined,
    maxNumberOfMessagesPerSecond: undefined,
  });
  clock.advance(1_000);

  expect([deadLetterQueue.messages(), bodies(await receive())]).toEqual([[], ["a1"]]);
});

interface ModelRow {
  id: string;
  group: string;
  visibleAtMs: number;
}

/** The rules in their simplest form: a list in the order of sending, searched from the start each time. */
function expectedOf(rows: readonly ModelRow[], nowMs: number, maximum: number): ModelRow[] {
  const ids = [...new Set(rows.map(({ group }) => group))];
  const ready = ids.map((id) => {
    const members = rows.filter(({ group }) => group === id);
    const hidden = members.findIndex(({ visibleAtMs }) => visibleAtMs > nowMs);
    return hidden < 0 ? members : members.slice(0, hidden);
  });
  const indexOf = ([first]: ModelRow[]) => rows.indexOf(first as ModelRow);
  return ready
    .filter(({ length }) => length > 0)
    .toSorted(
      (one, other) =>
        (one[0]?.visibleAtMs ?? 0) - (other[0]?.visibleAtMs ?? 0) || indexOf(one) - indexOf(other),
    )
    .flat()
    .slice(0, maximum);
}

it.each([1, 2, 3])("agrees with a naive model over 3,000 random operations (seed %i)", async (seed) => {
  const random = seededRandom(seed);
  const upTo = (limit: number) => Math.floor(random() * limit);
  let rows: ModelRow[] = [];
  let inFlight: { receiptHandle: string; row: ModelRow; untilMs: number }[] = [];

  const some = () => {
    inFlight = inFlight.filter(({ row, untilMs }) => row.visibleAtMs === untilMs && untilMs > clock.nowMs());
    return inFlight[upTo(inFlight.length)];
  };
  const choices: (() => void | Promise<void>)[] = [
    () => {
      const group = `group ${upTo(5)}`;
      const { messageId: id } = send("", group);
      rows.push({ id, group, visibleAtMs: clock.nowMs() });
    },
    async () => {
      const maximum = 1 + upTo(10);
      const expected = expectedOf(rows, clock.nowMs(), maximum);
      const received = await receive(maximum);
      expect(received.map(({ messageId }) => messageId)).toEqual(expected.map(({ id }) => id));
      received.forEach(({ receiptHandle }, at) => {
        const row = expected[at] as ModelRow;
        row.visibleAtMs = clock.nowMs() + 30_000;
        inFlight.push({ receiptHandle, row, untilMs: row.visibleAtMs });
      });
    },
    () => {
      const any = some();
      if (any) {
        queue.delete(any.receiptHandle);
        rows = rows.filter((row) => row !== any.row);
        inFlight = inFlight.filter(({ row }) => row !== any.row);
      }
    },
    () => {
      const any = some();
      if (any) {
        const seconds = upTo(40);
        queue.changeVisibility(any.receiptHandle, seconds);
        any.row.visibleAtMs = clock.nowMs() + seconds * 1_000;
        any.untilMs = any.row.visibleAtMs;
      }
    },
    () => clock.advance(upTo(6_000)),
  ];
  for (let count = 0; count < 3_000; count += 1) {
    await (choices[upTo(choices.length + 1)] ?? choices[0])?.();
  }

  expect(queue.messages().map(({ messageId }) => messageId)).toEqual(rows.map(({ id }) => id));
});
