import { DeleteMessageBatchCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { bodies, useTarget } from "./sqs-target.ts";

const target = useTarget();

describe("ReceiveMessage", () => {
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
  it("answers without a list of messages if there are none", async () => {
    const QueueUrl = await target.createQueue();

    const { Messages } = await target.sqs.send(new ReceiveMessageCommand({ QueueUrl }));

    expect(Messages).toBeUndefined();
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
  it("returns one message by default, and refuses to return more than ten", async () => {
    const QueueUrl = await target.createQueue();
    await target.sendAll(QueueUrl, ["1", "2", "3"]);

    const { Messages } = await target.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));

    expect(Messages).toHaveLength(1);
    for (const wrong of [
      { MaxNumberOfMessages: 11 },
      { WaitTimeSeconds: 21 },
      { VisibilityTimeout: 43_201 },
    ]) {
      await expect(target.receive(QueueUrl, wrong)).rejects.toMatchObject({ Code: "InvalidParameterValue" });
    }
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html#API_ReceiveMessage_RequestSyntax
  it("returns the system attributes that you ask for, by either name of the list", async () => {
    const QueueUrl = await target.createQueue({ VisibilityTimeout: "0" });
    await target.send(QueueUrl, "x");
    const ask = async (names: object) =>
      Object.keys(
        (await target.receiveOne(QueueUrl, { MessageSystemAttributeNames: [], ...names })).Attributes ?? {},
      );

    expect(await ask({})).toEqual([]);
    expect(await ask({ MessageSystemAttributeNames: ["SentTimestamp"] })).toEqual(["SentTimestamp"]);
    expect(await ask({ AttributeNames: ["ApproximateReceiveCount"] })).toEqual(["ApproximateReceiveCount"]);
    expect((await ask({ MessageSystemAttributeNames: ["All"] })).toSorted()).toEqual([
      "ApproximateFirstReceiveTimestamp",
      "ApproximateReceiveCount",
      "SenderId",
      "SentTimestamp",
    ]);
    await expect(ask({ MessageSystemAttributeNames: ["Nonsense"] })).rejects.toMatchObject({
      name: "InvalidAttributeName",
    });
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html (MessageAttributeNames)
  it("returns the message attributes that you ask for, by name, by prefix or all", async () => {
    const QueueUrl = await target.createQueue({ VisibilityTimeout: "0" });
    const MessageAttributes = {
      "trace.id": { DataType: "String", StringValue: "t-1" },
      "trace.at": { DataType: "Number.ms", StringValue: "12" },
      blob: { DataType: "Binary", BinaryValue: Uint8Array.of(0, 255) },
    };
    await target.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x", MessageAttributes }));
    const ask = async (...MessageAttributeNames: string[]) =>
      (await target.receiveOne(QueueUrl, { MessageAttributeNames })).MessageAttributes;

    expect(await ask()).toBeUndefined();
    expect(await ask("blob", "none")).toEqual({ blob: MessageAttributes.blob });
    expect(Object.keys((await ask("trace.*")) ?? {}).toSorted()).toEqual(["trace.at", "trace.id"]);
    expect(await ask("All")).toEqual(MessageAttributes);
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
  it("gives each of 200 messages to one of 20 pollers", async () => {
    const QueueUrl = await target.createQueue();
    const all = Array.from({ length: 200 }, (_, index) => `${index}`);
    const seen: (string | undefined)[] = [];
    const poll = async () => {
      while (seen.length < all.length) {
        const messages = await target.receive(QueueUrl, { WaitTimeSeconds: 1 });
        seen.push(...bodies(messages));
        const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
        if (Entries.length > 0) {
          await target.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
        }
      }
    };

    const pollers = Array.from({ length: 20 }, poll);
    await target.sendAll(QueueUrl, all);
    await Promise.all(pollers);

    expect(seen.toSorted((one, other) => Number(one) - Number(other))).toEqual(all);
  });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
describe("long polling", () => {
  it("returns as soon as the first message is there, without waiting for a full batch", async () => {
    const QueueUrl = await target.createQueue();
    const poll = target.receive(QueueUrl, { WaitTimeSeconds: 20 });
    const startedAtMs = performance.now();

    await target.send(QueueUrl, "x");

    expect(bodies(await poll)).toEqual(["x"]);
    expect(performance.now() - startedAtMs).toBeLessThan(15_000);
  });

  it("leaves the other pollers waiting when one of them gets the message", async () => {
    const QueueUrl = await target.createQueue();
    let answered = 0;
    const pollers = Array.from({ length: 3 }, async () => {
      const messages = await target.receive(QueueUrl, { WaitTimeSeconds: 20 });
      answered += 1;
      return messages;
    });

    await target.send(QueueUrl, "1");
    await Promise.race(pollers);
    // After a full round trip an empty answer to the others would have arrived.
    await target.counts(QueueUrl);
    const answeredToTheFirst = answered;
    await target.sendAll(QueueUrl, ["2"]);
    await target.sendAll(QueueUrl, ["3"]);

    const got = await Promise.all(pollers);
    expect(answeredToTheFirst).toBe(1);
    expect(new Set(got.flatMap(bodies))).toEqual(new Set(["1", "2", "3"]));
  });

  it("waits as long as the queue says if the request doesn't, and then returns empty", async () => {
    const QueueUrl = await target.createQueue({ ReceiveMessageWaitTimeSeconds: "1" });
    const startedAtMs = performance.now();

    const messages = await target.receive(QueueUrl);

    expect(messages).toEqual([]);
    expect(performance.now() - startedAtMs).toBeGreaterThan(900);
  });

  // A message is in flight once a consumer has received it, and a consumer that hung up receives nothing:
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html#inflight-messages
  it("loses nothing to an aborted poll, even if the message arrives right after", async () => {
    const QueueUrl = await target.createQueue();
    const expected = Array.from({ length: 20 }, (_, index) => `${index}`);
    const got: (string | undefined)[] = [];
    for (const body of expected) {
      const hangUp = new AbortController();
      const command = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 });
      const poll = target.sqs.send(command, { abortSignal: hangUp.signal });
      await target.counts(QueueUrl);
      hangUp.abort();
      // At the same time, so that both events may reach the queue in the same turn of the event loop.
      await Promise.all([target.send(QueueUrl, body), expect(poll).rejects.toThrow("aborted")]);
      got.push(...bodies(await target.receive(QueueUrl, { WaitTimeSeconds: 2 })));
    }

    expect(got).toEqual(expected);
  });
});
