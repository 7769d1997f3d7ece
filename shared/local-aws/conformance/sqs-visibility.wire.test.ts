import { ChangeMessageVisibilityBatchCommand, ChangeMessageVisibilityCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { useTarget } from "./sqs-target.ts";

const target = useTarget();
const second = { VisibilityTimeout: "1" };
const change = (QueueUrl: string, ReceiptHandle: string, VisibilityTimeout: number) =>
  target.sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));

describe.concurrent("the visibility timeout", () => {
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
  it("hides a received message, and gives it to a waiting poll when it runs out", async () => {
    const QueueUrl = await target.createQueue(second);
    await target.send(QueueUrl, "x");
    const first = await target.receiveOne(QueueUrl);

    const meanwhile = await target.receive(QueueUrl);
    const later = await target.receiveOne(QueueUrl);

    expect(meanwhile).toEqual([]);
    expect(later).toMatchObject({ MessageId: first.MessageId, Body: "x" });
    expect(later.ReceiptHandle).not.toBe(first.ReceiptHandle);
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html (ApproximateReceiveCount)
  it("counts every receive, and remembers the time of the first", async () => {
    const QueueUrl = await target.createQueue({ VisibilityTimeout: "0" });
    await target.send(QueueUrl, "x");

    const [first, again, third] = [
      await target.receiveOne(QueueUrl),
      await target.receiveOne(QueueUrl),
      await target.receiveOne(QueueUrl),
    ];

    const counts = [first, again, third].map(({ Attributes }) => Attributes?.ApproximateReceiveCount);
    const firsts = [first, again, third].map(
      ({ Attributes }) => Attributes?.ApproximateFirstReceiveTimestamp,
    );
    expect(counts).toEqual(["1", "2", "3"]);
    expect(new Set(firsts).size).toBe(1);
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html (VisibilityTimeout)
  it("can be overridden for one receive", async () => {
    const QueueUrl = await target.createQueue();
    await target.send(QueueUrl, "x");

    await target.receiveOne(QueueUrl, { VisibilityTimeout: 1 });

    expect(await target.receiveOne(QueueUrl)).toMatchObject({ Body: "x" });
  });
});

describe.concurrent("ChangeMessageVisibility", () => {
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html#terminating-message-visibility-timeout
  it("with 0 gives the message back at once", async () => {
    const QueueUrl = await target.createQueue();
    await target.send(QueueUrl, "x");
    const { ReceiptHandle } = await target.receiveOne(QueueUrl);

    await change(QueueUrl, ReceiptHandle, 0);

    expect(await target.receiveOne(QueueUrl)).toMatchObject({ Body: "x" });
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
  it("counts from the call, and doesn't apply to the next receive", async () => {
    const QueueUrl = await target.createQueue(second);
    await target.send(QueueUrl, "x");
    const { ReceiptHandle } = await target.receiveOne(QueueUrl);

    await change(QueueUrl, ReceiptHandle, 3);
    const afterOneSecond = await target.receive(QueueUrl, { WaitTimeSeconds: 2 });
    const afterThree = await target.receiveOne(QueueUrl);
    const oneSecondLater = await target.receiveOne(QueueUrl, { WaitTimeSeconds: 2 });

    expect([afterOneSecond, afterThree.Body, oneSecondLater.Body]).toEqual([[], "x", "x"]);
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
  it("refuses more than 12 hours, counted from the receive", async () => {
    const QueueUrl = await target.createQueue();
    await target.send(QueueUrl, "x");
    const { ReceiptHandle } = await target.receiveOne(QueueUrl, { VisibilityTimeout: 43_200 });
    const refusal = { Code: "InvalidParameterValue" };

    await expect(change(QueueUrl, ReceiptHandle, 43_201)).rejects.toMatchObject(refusal);
    await expect(change(QueueUrl, ReceiptHandle, 43_200)).rejects.toMatchObject(refusal);
  });

  // The documentation says that this might be an error. AWS was seen to answer 200 and do nothing, in LocalStack's recording of
  // 2024-04 (test_change_message_visibility_after_visibility_timeout_expiration): https://github.com/localstack/localstack/issues/9632
  it("succeeds for a message that is visible again, and changes nothing", async () => {
    const QueueUrl = await target.createQueue();
    await target.send(QueueUrl, "x");
    const { ReceiptHandle } = await target.receiveOne(QueueUrl);
    await change(QueueUrl, ReceiptHandle, 0);

    await change(QueueUrl, ReceiptHandle, 900);

    expect(await target.receiveOne(QueueUrl)).toMatchObject({ Body: "x" });
  });

  // Seen on AWS: https://github.com/getmoto/moto/issues/4655
  it("obeys an older handle of a message that is in flight again", async () => {
    const QueueUrl = await target.createQueue({ VisibilityTimeout: "0" });
    await target.send(QueueUrl, "x");
    const { ReceiptHandle: older } = await target.receiveOne(QueueUrl);
    await target.receiveOne(QueueUrl, { VisibilityTimeout: 900 });

    await change(QueueUrl, older, 0);

    expect(await target.receiveOne(QueueUrl)).toMatchObject({ Body: "x" });
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibilityBatch.html
  it("reports every entry of a batch separately", async () => {
    const QueueUrl = await target.createQueue();
    await target.send(QueueUrl, "x");
    const { ReceiptHandle } = await target.receiveOne(QueueUrl);
    const Entries = [
      { Id: "good", ReceiptHandle, VisibilityTimeout: 0 },
      { Id: "garbage", ReceiptHandle: "garbage", VisibilityTimeout: 0 },
    ];

    const result = await target.sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));

    expect(result.Successful).toEqual([{ Id: "good" }]);
    expect(result.Failed).toMatchObject([
      { Id: "garbage", Code: "ReceiptHandleIsInvalid", SenderFault: true },
    ]);
    expect(await target.receiveOne(QueueUrl)).toMatchObject({ Body: "x" });
  });
});
