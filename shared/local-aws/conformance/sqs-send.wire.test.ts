import { createHash } from "node:crypto";
import { SendMessageBatchCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import type { MessageAttributeValue, SendMessageCommandInput } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { bodies, takesUnsigned, useTarget } from "./sqs-target.ts";

const target = useTarget();
const mebibyte = 1_048_576;

describe("SendMessage", () => {
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
  it("answers with an id and the MD5 of the body, and delivers the message as it was sent", async () => {
    const QueueUrl = await target.createQueue();
    const MessageBody = 'ticket 7, "größer" 票\n';

    const sent = await target.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));

    const md5 = createHash("md5").update(MessageBody).digest("hex");
    expect(sent).toMatchObject({ MessageId: expect.any(String), MD5OfMessageBody: md5 });
    expect(await target.receiveOne(QueueUrl)).toMatchObject({
      MessageId: sent.MessageId,
      Body: MessageBody,
      MD5OfBody: md5,
    });
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
  // AWS computed these digests: https://github.com/localstack/localstack tests/aws/services/sqs/test_sqs.snapshot.json
  it("answers with the MD5 of the message attributes", async () => {
    const QueueUrl = await target.createQueue();
    const digestOf = async (MessageAttributes: Record<string, MessageAttributeValue>) => {
      const command = new SendMessageCommand({ QueueUrl, MessageBody: "msg", MessageAttributes });
      return (await target.sqs.send(command)).MD5OfMessageAttributes;
    };
    const text = (StringValue: string) => ({ DataType: "String", StringValue });
    const trace = "traceparent\u001e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01";

    const texts = await digestOf({ Hello: text("There"), General: text("Kenobi"), "Help.Me": text("Me") });
    const bytes = await digestOf({ attr1: { DataType: "Binary", BinaryValue: Buffer.from(trace) } });

    expect([texts, bytes]).toEqual(["4c360f3fdafd970e05fae2f149d997f5", "8cbe4db156db8a94db8b801b7addb984"]);
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
  it("takes ten message attributes and refuses eleven", async () => {
    const QueueUrl = await target.createQueue();
    const send = (count: number) => {
      const one = { DataType: "Number", StringValue: "1" };
      const MessageAttributes = Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`a${index}`, one]),
      );
      return target.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x", MessageAttributes }));
    };

    await send(10);

    await expect(send(11)).rejects.toMatchObject({ Code: "InvalidParameterValue", $fault: "client" });
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
  it("takes a message of 1 MiB and refuses one byte more, attributes included", async () => {
    const QueueUrl = await target.createQueue();
    const MessageAttributes = { a: { DataType: "String", StringValue: "b" } };

    await target.send(QueueUrl, "x".repeat(mebibyte));

    const refusal = { Code: "InvalidParameterValue", message: expect.stringContaining(`${mebibyte} bytes`) };
    await expect(target.send(QueueUrl, "x".repeat(mebibyte + 1))).rejects.toMatchObject(refusal);
    const withAttributes = { QueueUrl, MessageBody: "x".repeat(mebibyte - 7), MessageAttributes };
    await expect(target.sqs.send(new SendMessageCommand(withAttributes))).rejects.toMatchObject(refusal);
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
  it("refuses characters that XML 1.0 doesn't allow", async () => {
    const QueueUrl = await target.createQueue();

    await expect(target.send(QueueUrl, "bell \u0007")).rejects.toMatchObject({
      name: "InvalidMessageContents",
    });
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
  it("refuses an empty body, a delay above 900 s, and a queue that doesn't exist", async () => {
    const QueueUrl = await target.createQueue();

    await expect(target.send(QueueUrl, "")).rejects.toMatchObject({ Code: "MissingParameter" });
    await expect(target.send(QueueUrl, "x", { DelaySeconds: 901 })).rejects.toMatchObject({
      Code: "InvalidParameterValue",
    });
    await expect(target.send(`${QueueUrl}-gone`, "x")).rejects.toMatchObject({
      name: "QueueDoesNotExist",
      Code: "AWS.SimpleQueueService.NonExistentQueue",
    });
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-timers.html
  it("holds a message back for its own delay, which overrides the queue's", async () => {
    const QueueUrl = await target.createQueue({ DelaySeconds: "900" });

    await target.send(QueueUrl, "the queue's");
    await target.send(QueueUrl, "its own", { DelaySeconds: 1 });

    const early = await target.receive(QueueUrl);
    const late = await target.receive(QueueUrl, { WaitTimeSeconds: 5 });
    expect([bodies(early), bodies(late)]).toEqual([[], ["its own"]]);
  });
});

describe("a message with settings", () => {
  const send = async (more: Partial<SendMessageCommandInput>) => {
    const QueueUrl = await target.createQueue();
    await target.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x", ...more }));
    return await target.receiveOne(QueueUrl);
  };

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html: "applies only to FIFO queues".
  // What happens on other queues: https://github.com/cdklabs/construct-hub/issues/905
  it("is refused if it asks a standard queue to deduplicate", async () => {
    await expect(send({ MessageDeduplicationId: "once" })).rejects.toMatchObject({
      Code: "InvalidParameterValue",
      message: expect.stringContaining("not valid for this queue type"),
    });
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
  it("passes its group and its trace header on", async () => {
    const AWSTraceHeader = { DataType: "String", StringValue: "Root=1-5759e988-bd862e3fe1be46a994272793" };
    const { Attributes } = await send({
      MessageGroupId: "customer-1",
      MessageSystemAttributes: { AWSTraceHeader },
    });

    expect(Attributes).toMatchObject({
      MessageGroupId: "customer-1",
      AWSTraceHeader: AWSTraceHeader.StringValue,
    });
  });

  // Seen by others; for the asterisk: https://github.com/localstack/localstack/issues/8566
  it.each(["All", ".*", "*", "Where.*"])(
    "passes its attributes on to a consumer that asks for %s",
    async (name) => {
      const QueueUrl = await target.createQueue();
      const MessageAttributes = { "Where.it.is": { DataType: "String", StringValue: "here" } };
      await target.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x", MessageAttributes }));

      const message = await target.receiveOne(QueueUrl, { MessageAttributeNames: [name] });

      expect(message.MessageAttributes).toMatchObject(MessageAttributes);
    },
  );

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
  it.each([
    ["a number in JavaScript's own way", { DataType: "Number", StringValue: "0x10" }],
    ["a blank as a number", { DataType: "Number", StringValue: " " }],
    ["a control character", { DataType: "String", StringValue: "\u0000" }],
    ["a data type of 263 characters", { DataType: `String.${"x".repeat(256)}`, StringValue: "x" }],
  ])("is refused with %s", async (_what, attribute) => {
    await expect(send({ MessageAttributes: { attribute } })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 400 },
    });
  });

  it("takes a name with a letter of any alphabet", async () => {
    const MessageAttributes = { ø: { DataType: "String", StringValue: "here" } };

    await expect(send({ MessageAttributes })).resolves.toMatchObject({ Body: "x" });
  });

  it.each(["1", "-2.5", "1e10", ".5"])("accepts %s as a number", async (StringValue) => {
    const attribute = { DataType: "Number", StringValue };

    await expect(send({ MessageAttributes: { attribute } })).resolves.toMatchObject({ Body: "x" });
  });
});

// Recorded by LocalStack's tests. How it hurts clients: https://github.com/aws/aws-sdk/issues/657
describe.runIf(takesUnsigned)("an empty list", () => {
  const ask = async (action: string, input: object) => {
    const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": `AmazonSQS.${action}` };
    const response = await fetch(target.url, { method: "POST", headers, body: JSON.stringify(input) });
    return (await response.json()) as object;
  };
  const keys = async (action: string, input: object) => Object.keys(await ask(action, input)).toSorted();

  it("is left out of a batch's answer and of a list of queues", async () => {
    const QueueUrl = await target.createQueue();
    const good = { Id: "good", MessageBody: "x" };
    const bad = { Id: "bad", MessageBody: "x", DelaySeconds: 901 };

    expect(await keys("SendMessageBatch", { QueueUrl, Entries: [good] })).toEqual(["Successful"]);
    expect(await keys("SendMessageBatch", { QueueUrl, Entries: [bad] })).toEqual(["Failed"]);
    expect(await keys("SendMessageBatch", { QueueUrl, Entries: [good, bad] })).toEqual([
      "Failed",
      "Successful",
    ]);
    const garbage = [{ Id: "1", ReceiptHandle: "garbage", VisibilityTimeout: 0 }];
    expect(await keys("DeleteMessageBatch", { QueueUrl, Entries: garbage })).toEqual(["Failed"]);
    expect(await keys("ChangeMessageVisibilityBatch", { QueueUrl, Entries: garbage })).toEqual(["Failed"]);
    expect(await ask("ListQueues", { QueueNamePrefix: "no-queue-has-this" })).toEqual({});
  });
});

describe("SendMessageBatch", () => {
  const entry = (Id: string, MessageBody = "x") => ({ Id, MessageBody });
  const sendBatch = async (Entries: { Id: string; MessageBody: string; DelaySeconds?: number }[]) => {
    const QueueUrl = await target.createQueue();
    return target.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  };

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
  it("reports every entry separately, as a success even if one of them failed", async () => {
    const result = await sendBatch([entry("good"), { ...entry("bad"), DelaySeconds: 901 }]);

    expect(result.Successful).toMatchObject([{ Id: "good", MessageId: expect.any(String) }]);
    expect(result.Failed).toMatchObject([{ Id: "bad", SenderFault: true, Code: "InvalidParameterValue" }]);
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html#API_SendMessageBatch_Errors
  it.each([
    { name: "EmptyBatchRequest", entries: [] },
    { name: "TooManyEntriesInBatchRequest", entries: Array.from({ length: 11 }, (_, id) => entry(`${id}`)) },
    { name: "BatchEntryIdsNotDistinct", entries: [entry("same"), entry("same")] },
    { name: "InvalidBatchEntryId", entries: [entry("not:valid")] },
    { name: "InvalidBatchEntryId", entries: [entry("x".repeat(81))] },
    { name: "BatchRequestTooLong", entries: [entry("a", "x".repeat(mebibyte)), entry("b")] },
  ])("refuses a batch as a whole: $name", async ({ name, entries }) => {
    await expect(sendBatch(entries)).rejects.toMatchObject({ name, Code: `AWS.SimpleQueueService.${name}` });
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
  it("takes ten messages of 1 MiB together", async () => {
    const tenth = Math.floor(mebibyte / 10);
    const result = await sendBatch(Array.from({ length: 10 }, (_, id) => entry(`${id}`, "x".repeat(tenth))));

    expect(result.Successful?.map(({ Id }) => Id)).toEqual([
      "0",
      "1",
      "2",
      "3",
      "4",
      "5",
      "6",
      "7",
      "8",
      "9",
    ]);
  });
});
