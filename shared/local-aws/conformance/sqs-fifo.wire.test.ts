import { createHash, randomUUID } from "node:crypto";
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  PurgeQueueCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from "@aws-sdk/client-sqs";
import type { Message } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { ManualClock } from "../sqs/testing/manual-clock.ts";
import { bodies, isEmbedded, useTarget } from "./sqs-target.ts";

// "Recorded" is what LocalStack's tests saw on AWS: the test of that name in tests/aws/services/sqs/test_sqs.py.

const target = useTarget();
const byContent = { FifoQueue: "true", ContentBasedDeduplication: "true" };
const byId = { FifoQueue: "true" };
const createFifo = (attributes: Record<string, string> = {}) =>
  target.createQueue({ ...byContent, ...attributes });

/** The group is the first letter of the body: "a1" goes into "a". */
const sendAll = async (QueueUrl: string, ...all: string[]) => {
  for (const body of all) {
    await target.send(QueueUrl, body, { MessageGroupId: body.slice(0, 1) });
  }
};
const change = (QueueUrl: string, message: Message | undefined, VisibilityTimeout: number) => {
  const ReceiptHandle = message?.ReceiptHandle;
  return target.sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
};
const expired = { Code: "InvalidParameterValue", message: expect.stringContaining("handle has expired") };

describe.concurrent("a FIFO queue", () => {
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html (QueueName, FifoQueue);
  // recorded: test_fifo_queue_requires_suffix, test_standard_queue_cannot_have_fifo_suffix
  it.each<[string, Record<string, string>]>([
    ["orders", byId],
    ["orders.fifo", {}],
    [".fifo", byId],
    [`${"x".repeat(76)}.fifo`, byId],
  ])("and the name %s with %j don't go together", async (QueueName, Attributes) => {
    const command = new CreateQueueCommand({ QueueName, Attributes });

    await expect(target.sqs.send(command)).rejects.toMatchObject({ Code: "InvalidParameterValue" });
  });

  // Recorded: test_fifo_set_content_based_deduplication_strategy
  it("shows its kind, and never changes it", async () => {
    const QueueUrl = await target.createQueue(byId);
    const set = (Attributes: Record<string, string>) =>
      target.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));

    await set({ ContentBasedDeduplication: "true" });

    expect(await target.attributes(QueueUrl)).toMatchObject({
      FifoQueue: "true",
      ContentBasedDeduplication: "true",
      DeduplicationScope: "queue",
      FifoThroughputLimit: "perQueue",
    });
    // Recorded: test_set_unsupported_attribute_fifo
    await expect(set({ FifoQueue: "false" })).rejects.toMatchObject({ Code: "InvalidAttributeValue" });
  });

  // Recorded: test_create_standard_queue_with_fifo_attribute_raises_error
  it.each(["FifoQueue", "ContentBasedDeduplication"])(
    "is the only kind with the attribute %s",
    async (name) => {
      await expect(target.createQueue({ [name]: "false" })).rejects.toMatchObject({
        Code: "InvalidAttributeName",
        message: `Unknown Attribute ${name}.`,
      });
    },
  );

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
  it("has a dead-letter queue of the same kind", async () => {
    const deadLetterTargetArn = await target.arnOf(await target.createQueue());
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 });

    await expect(createFifo({ RedrivePolicy })).rejects.toMatchObject({ Code: "InvalidParameterValue" });
  });
});

describe.concurrent("sending to a FIFO queue", () => {
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
  // Recorded: test_fifo_message_attributes, test_fifo_sequence_number_increases
  it("gives each message an increasing sequence number, and delivers it with its group and id", async () => {
    const QueueUrl = await createFifo();
    const send = (MessageBody: string) =>
      target.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId: "a" }));

    const [first, second] = [await send("1"), await send("2")];

    expect(BigInt(second.SequenceNumber ?? 0)).toBeGreaterThan(BigInt(first.SequenceNumber ?? 0));
    expect((await target.receiveOne(QueueUrl)).Attributes).toMatchObject({
      MessageGroupId: "a",
      // "uses a SHA-256 hash to generate the MessageDeduplicationId using the body of the message"
      MessageDeduplicationId: createHash("sha256").update("1").digest("hex"),
      SequenceNumber: first.SequenceNumber,
    });
  });

  // Recorded: test_posting_to_fifo_requires_deduplicationid_group_id
  it("is refused without a group, and without an id unless the body serves as one", async () => {
    const QueueUrl = await target.createQueue(byId);

    await expect(target.send(QueueUrl, "x", { MessageDeduplicationId: "1" })).rejects.toMatchObject({
      Code: "MissingParameter",
    });
    await expect(target.send(QueueUrl, "x", { MessageGroupId: "a" })).rejects.toMatchObject({
      Code: "InvalidParameterValue",
      message: expect.stringContaining("ContentBasedDeduplication enabled or MessageDeduplicationId"),
    });
  });

  // Recorded: test_send_batch_missing_message_group_id_for_fifo_queue, test_send_batch_missing_deduplication_id_for_fifo_queue
  it.each([{ MessageGroupId: "a" }, { MessageDeduplicationId: "2" }])(
    "is refused for a whole batch if one message has %j only",
    async (half) => {
      const QueueUrl = await target.createQueue(byId);
      const whole = { Id: "1", MessageBody: "x", MessageGroupId: "a", MessageDeduplicationId: "1" };
      const Entries = [whole, { Id: "2", MessageBody: "x", ...half }];

      const sent = target.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));

      await expect(sent).rejects.toMatchObject({ Code: "InvalidParameterValue" });
      expect(await target.counts(QueueUrl)).toEqual([0, 0, 0]);
    },
  );

  // Recorded: test_fifo_queue_send_message_with_delay_seconds_fails, test_fifo_queue_send_message_with_delay_on_queue_works,
  // test_fifo_queue_send_message_with_zero_delay_defaults_to_queue_delay
  it("takes no delay for one message; the queue's delay applies to all, and 0 doesn't change it", async () => {
    const QueueUrl = await createFifo({ DelaySeconds: "1" });

    const own = { MessageGroupId: "a", DelaySeconds: 2 };
    await expect(target.send(QueueUrl, "own", own)).rejects.toMatchObject({ Code: "InvalidParameterValue" });

    await target.send(QueueUrl, "zero", { MessageGroupId: "a", DelaySeconds: 0 });
    expect(await target.receive(QueueUrl)).toEqual([]);
    expect(await target.receiveOne(QueueUrl)).toMatchObject({ Body: "zero" });
  });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
describe.concurrent("receiving from a FIFO queue", () => {
  // Recorded: test_fifo_receive_message_group_id_ordering
  it("fills an answer from one group first, in its order, then from others", async () => {
    const QueueUrl = await createFifo();
    await sendAll(QueueUrl, "a1", "b1", "a2", "a3");

    expect(bodies(await target.receive(QueueUrl))).toEqual(["a1", "a2", "a3", "b1"]);
  });

  // Recorded: test_fifo_message_group_visibility_after_delete, test_fifo_message_group_visibility_after_partial_delete
  it("delivers nothing of a group while one of its messages is in flight, even if another was deleted", async () => {
    const QueueUrl = await createFifo();
    await sendAll(QueueUrl, "a1", "a2", "a3", "b1");
    const [first, second] = await target.receive(QueueUrl, { MaxNumberOfMessages: 2 });

    await target.delete(QueueUrl, first?.ReceiptHandle ?? "");
    const others = await target.receive(QueueUrl);
    await target.delete(QueueUrl, second?.ReceiptHandle ?? "");

    expect(bodies(others)).toEqual(["b1"]);
    expect(bodies(await target.receive(QueueUrl))).toEqual(["a3"]);
  });

  // Recorded: test_fifo_group_visibility_extends_with_change_message_visibility
  it("redelivers a message made visible again, even if a later one of its group is in flight", async () => {
    const QueueUrl = await createFifo();
    await sendAll(QueueUrl, "a1", "a2", "a3");
    const [first, , third] = await target.receive(QueueUrl);

    await change(QueueUrl, third, 0);
    const early = await target.receive(QueueUrl);
    await change(QueueUrl, first, 0);

    expect([early, bodies(await target.receive(QueueUrl))]).toEqual([[], ["a1"]]);
  });

  // Recorded: test_fifo_receive_message_with_zero_visibility_timeout. A group that comes back queues up behind the others: AWS was
  // seen to do that, but doesn't promise it.
  it("redelivers messages in their order", async () => {
    const QueueUrl = await createFifo();
    await sendAll(QueueUrl, "a1", "b1", "b2", "c1", "a2");
    const receive = (MaxNumberOfMessages: number) =>
      target.receive(QueueUrl, { MaxNumberOfMessages, VisibilityTimeout: 0 });

    expect(bodies(await receive(3))).toEqual(["a1", "a2", "b1"]);
    expect(bodies(await receive(10))).toEqual(["c1", "a1", "a2", "b1", "b2"]);
  });

  // Recorded: test_fifo_approximate_number_of_messages_not_visible
  it("counts as in flight what was received, not the rest of the group", async () => {
    const QueueUrl = await createFifo();
    await sendAll(QueueUrl, "a1", "a2", "b1");
    await target.receive(QueueUrl, { MaxNumberOfMessages: 1 });

    expect(await target.counts(QueueUrl)).toEqual([2, 1, 0]);
  });

  // Recorded: test_fifo_delete_after_visibility_timeout; with a standard queue it succeeds.
  it("refuses to delete with a handle whose visibility timeout has ended", async () => {
    const QueueUrl = await createFifo({ VisibilityTimeout: "1" });
    await sendAll(QueueUrl, "a1");
    const { ReceiptHandle } = await target.receiveOne(QueueUrl);
    const { ReceiptHandle: newer } = await target.receiveOne(QueueUrl, { VisibilityTimeout: 30 });

    await expect(target.delete(QueueUrl, ReceiptHandle)).rejects.toMatchObject(expired);
    await target.delete(QueueUrl, newer);
    // A deleted message stays deleted.
    await expect(target.delete(QueueUrl, newer)).resolves.toBeUndefined();
  });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-key-terms.html (deduplication)
describe("deduplication", () => {
  const send = (QueueUrl: string, MessageBody: string, more: object = {}) =>
    target.send(QueueUrl, MessageBody, { MessageGroupId: "a", ...more });

  // Recorded: test_fifo_deduplication_arrives_once_after_delete, test_fifo_deduplication_not_on_message_group_id
  it("drops a second send with the same id, even with another group and body, and after the first was deleted", async () => {
    const QueueUrl = await target.createQueue(byId);
    const once = { MessageDeduplicationId: randomUUID() };
    await send(QueueUrl, "first", once);

    await send(QueueUrl, "second", { ...once, MessageGroupId: "b" });
    const { ReceiptHandle, Body } = await target.receiveOne(QueueUrl);
    await target.delete(QueueUrl, ReceiptHandle);
    await send(QueueUrl, "third", once);

    expect(Body).toBe("first");
    expect(await target.counts(QueueUrl)).toEqual([0, 0, 0]);
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html (MessageDeduplicationId):
  // "your MessageDeduplicationId overrides the generated one", and attributes are no part of the content.
  it("by content uses an explicit id if there is one, and otherwise only the body", async () => {
    const QueueUrl = await createFifo();
    const MessageAttributes = { a: { DataType: "String", StringValue: "b" } };

    await send(QueueUrl, "same");
    await send(QueueUrl, "same", { MessageAttributes });
    await send(QueueUrl, "same", { MessageDeduplicationId: "another" });

    expect(bodies(await target.receive(QueueUrl))).toEqual(["same", "same"]);
  });

  // Recorded: test_purge_queue_clears_fifo_deduplication_cache
  it("is forgotten by a purge", async () => {
    const QueueUrl = await createFifo();
    await send(QueueUrl, "same");
    await target.sqs.send(new PurgeQueueCommand({ QueueUrl }));

    await send(QueueUrl, "same");

    expect(await target.receiveOne(QueueUrl)).toMatchObject({ Body: "same" });
  });

  describe.runIf(isEmbedded)("in time (embedded only: elsewhere it takes five minutes)", () => {
    const clock = new ManualClock();
    const timed = useTarget(clock);

    it("lasts for five minutes from the first send", async () => {
      const QueueUrl = await timed.createQueue(byContent);
      const sendAgain = () => timed.send(QueueUrl, "same", { MessageGroupId: "a" });
      const first = await sendAgain();

      clock.advance(299_999);
      const within = await sendAgain();
      clock.advance(1);

      expect(within).toBe(first);
      expect(await sendAgain()).not.toBe(first);
    });
  });
});

// Recorded: test_dead_letter_queue_with_fifo_and_content_based_deduplication
it("a FIFO queue sets aside what was received too often, and its group goes on", async () => {
  const deadLetterUrl = await createFifo();
  const policy = { deadLetterTargetArn: await target.arnOf(deadLetterUrl), maxReceiveCount: 2 };
  const QueueUrl = await createFifo({ RedrivePolicy: JSON.stringify(policy) });
  await sendAll(QueueUrl, "a1", "a2");
  const receive = () => target.receive(QueueUrl, { MaxNumberOfMessages: 1, VisibilityTimeout: 0 });

  const deliveries = [await receive(), await receive(), await receive()];

  expect(deliveries.map(bodies)).toEqual([["a1"], ["a1"], ["a2"]]);
  expect(await target.receiveOne(deadLetterUrl)).toMatchObject({
    Body: "a1",
    Attributes: { MessageGroupId: "a" },
  });
});
