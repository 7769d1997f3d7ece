import { ChangeMessageVisibilityCommand, DeleteMessageBatchCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { bodies, isEmbedded, useTarget } from "./sqs-target.ts";

const target = useTarget();
const second = { VisibilityTimeout: "1" };

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html
describe.concurrent("DeleteMessage and receipt handles", () => {
  it("deletes what the handle's receive brought", async () => {
    const QueueUrl = await target.createQueue(second);
    await target.send(QueueUrl, "x");
    const { ReceiptHandle } = await target.receiveOne(QueueUrl);

    await target.delete(QueueUrl, ReceiptHandle);

    expect(await target.receive(QueueUrl, { WaitTimeSeconds: 2 })).toEqual([]);
  });

  // "The request will succeed, but the message might not be deleted", so elsewhere either is right.
  it.runIf(isEmbedded)(
    "succeeds with a stale handle, but deletes nothing (embedded only: AWS might)",
    async () => {
      const QueueUrl = await target.createQueue(second);
      await target.send(QueueUrl, "x");
      const { ReceiptHandle: stale } = await target.receiveOne(QueueUrl);
      await target.receiveOne(QueueUrl);

      await target.delete(QueueUrl, stale);

      expect(await target.receiveOne(QueueUrl)).toMatchObject({ Body: "x" });
    },
  );

  it("deletes with a handle whose timeout ran out, if no one received the message since", async () => {
    const QueueUrl = await target.createQueue({ VisibilityTimeout: "0" });
    await target.send(QueueUrl, "x");
    const { ReceiptHandle: expired } = await target.receiveOne(QueueUrl);

    await target.delete(QueueUrl, expired);

    expect(await target.receive(QueueUrl, { WaitTimeSeconds: 1 })).toEqual([]);
  });

  it("succeeds again when the message is deleted already", async () => {
    const QueueUrl = await target.createQueue();
    await target.send(QueueUrl, "x");
    const { ReceiptHandle } = await target.receiveOne(QueueUrl);
    await target.delete(QueueUrl, ReceiptHandle);

    await expect(target.delete(QueueUrl, ReceiptHandle)).resolves.toBeUndefined();
  });

  it("refuses garbage, and a handle of another queue", async () => {
    const [QueueUrl, otherUrl] = [await target.createQueue(), await target.createQueue()];
    await target.send(otherUrl, "x");
    const { ReceiptHandle } = await target.receiveOne(otherUrl);
    const refusal = { name: "ReceiptHandleIsInvalid", Code: "ReceiptHandleIsInvalid" };

    await expect(target.delete(QueueUrl, "garbage")).rejects.toMatchObject(refusal);
    const change = { QueueUrl, ReceiptHandle: "garbage", VisibilityTimeout: 1 };
    await expect(target.sqs.send(new ChangeMessageVisibilityCommand(change))).rejects.toMatchObject(refusal);
    await expect(target.delete(QueueUrl, ReceiptHandle)).rejects.toMatchObject(refusal);
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessageBatch.html
  it("reports every entry of a batch separately", async () => {
    const QueueUrl = await target.createQueue(second);
    await target.sendAll(QueueUrl, ["1", "2"]);
    const messages = [await target.receiveOne(QueueUrl), await target.receiveOne(QueueUrl)];
    const handles = [...messages.map(({ ReceiptHandle }) => ReceiptHandle), "garbage"];
    const Entries = handles.map((ReceiptHandle, index) => ({ Id: `${index}`, ReceiptHandle }));

    const result = await target.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));

    expect(result.Successful).toEqual([{ Id: "0" }, { Id: "1" }]);
    expect(result.Failed).toMatchObject([{ Id: "2", Code: "ReceiptHandleIsInvalid" }]);
    expect(bodies(await target.receive(QueueUrl, { WaitTimeSeconds: 2 }))).toEqual([]);
  });
});
