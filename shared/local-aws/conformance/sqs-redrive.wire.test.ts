import {
  CancelMessageMoveTaskCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  SetQueueAttributesCommand,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { eventually } from "#shared/testing/eventually.ts";
import { bodies, useTarget } from "./sqs-target.ts";

const target = useTarget();

const createPair = async (maxReceiveCount: number) => {
  const deadLetterUrl = await target.createQueue();
  const deadLetterTargetArn = await target.arnOf(deadLetterUrl);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount });
  const queueUrl = await target.createQueue({ VisibilityTimeout: "0", RedrivePolicy });
  return { queueUrl, deadLetterUrl, deadLetterArn: deadLetterTargetArn };
};

/** Creates messages that were received once too often, so that they are in the dead-letter queue. */
const createDeadLetters = async (poison: string[]) => {
  const pair = await createPair(1);
  await target.sendAll(pair.queueUrl, poison);
  await eventually(async () => {
    await target.receive(pair.queueUrl);
    expect((await target.counts(pair.deadLetterUrl))[0]).toBe(poison.length);
  });
  return pair;
};

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
describe("the redrive policy", () => {
  it("sets a message aside when its receive count exceeds maxReceiveCount, not when it reaches it", async () => {
    const { queueUrl, deadLetterUrl } = await createPair(2);
    const messageId = await target.send(queueUrl, "poison");
    await target.receiveOne(queueUrl);
    const second = await target.receiveOne(queueUrl);
    const before = await target.counts(deadLetterUrl);

    const third = await target.receive(queueUrl, { WaitTimeSeconds: 1 });

    expect([second.MessageId, before[0], third]).toEqual([messageId, 0, []]);
    expect(await target.receiveOne(deadLetterUrl)).toMatchObject({ MessageId: messageId, Body: "poison" });
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html (attributes)
  it("keeps the time of sending, counts receives across both queues, and names the source queue", async () => {
    const { queueUrl, deadLetterUrl } = await createPair(1);
    await target.send(queueUrl, "poison");
    const first = await target.receiveOne(queueUrl);
    await target.receive(queueUrl, { WaitTimeSeconds: 1 });

    const { Attributes } = await target.receiveOne(deadLetterUrl);

    expect(Attributes).toMatchObject({
      DeadLetterQueueSourceArn: await target.arnOf(queueUrl),
      SentTimestamp: first.Attributes?.SentTimestamp,
    });
    expect(Number(Attributes?.ApproximateReceiveCount)).toBeGreaterThan(1);
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListDeadLetterSourceQueues.html
  it("is listed at the dead-letter queue until it is removed", async () => {
    const { queueUrl: QueueUrl, deadLetterUrl } = await createPair(1);
    const list = async () => {
      const command = new ListDeadLetterSourceQueuesCommand({ QueueUrl: deadLetterUrl });
      return (await target.sqs.send(command)).queueUrls;
    };
    expect(await list()).toEqual([QueueUrl]);

    await target.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy: "" } }));

    await eventually(async () => expect(await list()).toEqual([]));
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html (RedrivePolicy)
  it.each([
    ["an ARN that is none", { deadLetterTargetArn: "dummy", maxReceiveCount: 2 }],
    ["a maxReceiveCount of 0", { deadLetterTargetArn: "THE QUEUE'S", maxReceiveCount: 0 }],
    // Seen on AWS: https://github.com/rubyonjets/jets/issues/101
    ["no maxReceiveCount", { deadLetterTargetArn: "THE QUEUE'S" }],
    ["no dead-letter queue", { maxReceiveCount: 2 }],
    ["a maxReceiveCount of 1001", { deadLetterTargetArn: "THE QUEUE'S", maxReceiveCount: 1_001 }],
  ])("refuses %s", async (_name, policy) => {
    const { queueUrl: QueueUrl, deadLetterArn } = await createPair(1);
    const RedrivePolicy = JSON.stringify(policy).replace("THE QUEUE'S", deadLetterArn);

    const set = new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } });

    await expect(target.sqs.send(set)).rejects.toMatchObject({ Code: "InvalidParameterValue" });
  });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
// Errors as AWS gave them: https://github.com/localstack/localstack tests/aws/services/sqs/test_sqs_move_task.snapshot.json
describe("message move tasks", () => {
  const start = (SourceArn: string, more = {}) =>
    target.sqs.send(new StartMessageMoveTaskCommand({ SourceArn, ...more }));
  const list = async (SourceArn: string) =>
    (await target.sqs.send(new ListMessageMoveTasksCommand({ SourceArn, MaxResults: 10 }))).Results ?? [];
  const patience = { withinMs: 25_000 };

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
  it("move messages back to their source queue, with a new id and a new time", async () => {
    const { queueUrl, deadLetterUrl, deadLetterArn } = await createDeadLetters(["1", "2"]);
    const before = await target.receive(deadLetterUrl, { VisibilityTimeout: 0 });

    const { TaskHandle } = await start(deadLetterArn);

    expect(TaskHandle).toEqual(expect.any(String));
    await eventually(async () => {
      const [task] = await list(deadLetterArn);
      expect(task).toMatchObject({
        Status: "COMPLETED",
        ApproximateNumberOfMessagesMoved: 2,
        SourceArn: deadLetterArn,
      });
      expect(task?.TaskHandle).toBeUndefined();
    }, patience);
    const after = [
      await target.receiveOne(queueUrl, { VisibilityTimeout: 30 }),
      await target.receiveOne(queueUrl),
    ];
    expect(new Set(bodies(after))).toEqual(new Set(["1", "2"]));
    for (const { MessageId, Attributes } of after) {
      expect(before.map((message) => message.MessageId)).not.toContain(MessageId);
      expect(Attributes?.ApproximateReceiveCount).toBe("1");
      expect(Number(Attributes?.SentTimestamp)).toBeGreaterThan(Number(before[0]?.Attributes?.SentTimestamp));
    }
  });

  it("move to another queue, at the requested rate, until they are cancelled", async () => {
    const { deadLetterUrl, deadLetterArn } = await createDeadLetters(["1", "2", "3", "4", "5"]);
    const elsewhereUrl = await target.createQueue();
    const DestinationArn = await target.arnOf(elsewhereUrl);

    const { TaskHandle } = await start(deadLetterArn, { DestinationArn, MaxNumberOfMessagesPerSecond: 1 });
    const second = start(deadLetterArn);
    await expect(second).rejects.toMatchObject({
      message: expect.stringContaining("already a task running"),
    });
    await eventually(async () => expect((await target.counts(elsewhereUrl))[0]).toBeGreaterThan(0), patience);
    const [running] = await list(deadLetterArn);
    await target.sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }));

    const task = { DestinationArn, MaxNumberOfMessagesPerSecond: 1, ApproximateNumberOfMessagesToMove: 5 };
    expect(running).toMatchObject({ ...task, Status: "RUNNING", TaskHandle });
    await eventually(async () => {
      const [cancelled] = await list(deadLetterArn);
      expect(cancelled).toMatchObject({ ...task, Status: "CANCELLED" });
      const moved = cancelled?.ApproximateNumberOfMessagesMoved ?? 0;
      expect((await target.counts(deadLetterUrl))[0]).toBe(5 - moved);
    }, patience);
  });

  it("refuse a queue that is not a dead-letter queue, one that doesn't exist, and an invalid handle", async () => {
    const queueUrl = await target.createQueue();
    const arn = await target.arnOf(queueUrl);

    await expect(start(arn)).rejects.toMatchObject({
      Code: "InvalidParameterValue",
      message: "Source queue must be configured as a Dead Letter Queue.",
    });
    await expect(start(`${arn}-gone`)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    const cancel = new CancelMessageMoveTaskCommand({ TaskHandle: "garbage" });
    await expect(target.sqs.send(cancel)).rejects.toMatchObject({ Code: "InvalidParameterValue" });
  });
});
