import { randomUUID } from "node:crypto";
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  SetQueueAttributesCommand,
} from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { eventually } from "#shared/testing/eventually.ts";
import { isEmbedded, useTarget } from "./sqs-target.ts";

const target = useTarget();
const nameOf = (queueUrl: string) => queueUrl.split("/").at(-1) ?? "";
const create = (QueueName: string, Attributes = {}) =>
  target.sqs.send(new CreateQueueCommand({ QueueName, Attributes }));

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
describe("CreateQueue", () => {
  it("returns the existing queue if the attributes are the same, and refuses to create a different one of that name", async () => {
    const QueueUrl = await target.createQueue({ VisibilityTimeout: "7" });
    const name = nameOf(QueueUrl);

    const [same, withoutAttributes] = [await create(name, { VisibilityTimeout: "7" }), await create(name)];

    expect([same.QueueUrl, withoutAttributes.QueueUrl]).toEqual([QueueUrl, QueueUrl]);
    await expect(create(name, { VisibilityTimeout: "8" })).rejects.toMatchObject({
      name: "QueueNameExists",
      Code: "QueueAlreadyExists",
      message: expect.stringContaining("VisibilityTimeout"),
    });
  });

  it.each(["", "with space", "x".repeat(81)])("refuses the name %j", async (name) => {
    await expect(create(name)).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
describe("queue attributes", () => {
  it("have AWS's defaults", async () => {
    const attributes = await target.attributes(await target.createQueue());

    expect(attributes).toMatchObject({
      QueueArn: expect.stringMatching(/^arn:aws:sqs:[\w-]+:\d{12}:conformance-/),
      VisibilityTimeout: "30",
      DelaySeconds: "0",
      MessageRetentionPeriod: "345600",
      MaximumMessageSize: "1048576",
      ReceiveMessageWaitTimeSeconds: "0",
    });
  });

  it.each([
    ["VisibilityTimeout", "0", "43200", "43201"],
    ["DelaySeconds", "0", "900", "901"],
    ["MessageRetentionPeriod", "60", "1209600", "1209601"],
    ["MaximumMessageSize", "1024", "1048576", "1048577"],
    ["ReceiveMessageWaitTimeSeconds", "0", "20", "21"],
  ])("take %s from %s to %s, and nothing else", async (name, min, max, tooMuch) => {
    const QueueUrl = await target.createQueue();
    const set = (value: string) =>
      target.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { [name]: value } }));

    await set(min);
    await set(max);

    await eventually(async () => expect(await target.attributes(QueueUrl)).toMatchObject({ [name]: max }));
    for (const wrong of [tooMuch, "-1", "soon"]) {
      await expect(set(wrong)).rejects.toMatchObject({ name: "InvalidAttributeValue" });
    }
  });

  it("refuse an unknown name", async () => {
    const QueueUrl = await target.createQueue();

    const Attributes: Record<string, string> = { Nonsense: "1" };
    const set = new SetQueueAttributesCommand({ QueueUrl, Attributes });

    await expect(target.sqs.send(set)).rejects.toMatchObject({ name: "InvalidAttributeName" });
  });
});

describe("finding and deleting", () => {
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueUrl.html
  it("finds a queue by its name, or says that there is none", async () => {
    const QueueUrl = await target.createQueue();

    const found = await target.sqs.send(new GetQueueUrlCommand({ QueueName: nameOf(QueueUrl) }));

    expect(found.QueueUrl).toBe(QueueUrl);
    const none = new GetQueueUrlCommand({ QueueName: `none-${randomUUID()}` });
    await expect(target.sqs.send(none)).rejects.toMatchObject({ name: "QueueDoesNotExist" });
  });

  // AWS accepts it, as LocalStack's tests have recorded. The documentation mentions the URL only.
  it("accepts a queue's bare name in place of its URL", async () => {
    const QueueUrl = await target.createQueue();
    await target.send(QueueUrl, "x");

    expect(await target.receiveOne(nameOf(QueueUrl))).toMatchObject({ Body: "x" });
    await expect(target.send(`none-${randomUUID()}`, "x")).rejects.toMatchObject({
      name: "QueueDoesNotExist",
    });
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueues.html
  it("lists queues by a prefix of their names, in pages", async () => {
    const urls = [await target.createQueue(), await target.createQueue(), await target.createQueue()];
    const QueueNamePrefix = "conformance-";
    const listed: string[] = [];
    let NextToken: string | undefined;

    await eventually(async () => {
      listed.length = 0;
      do {
        const page = { QueueNamePrefix, MaxResults: 2, NextToken };
        const result = await target.sqs.send(new ListQueuesCommand(page));
        expect(result.QueueUrls?.length).toBeLessThanOrEqual(2);
        listed.push(...(result.QueueUrls ?? []));
        NextToken = result.NextToken;
      } while (NextToken !== undefined);
      expect(listed).toEqual(expect.arrayContaining(urls));
    });
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html
  it("deletes a queue with all that is in it", async () => {
    const QueueUrl = await target.createQueue();
    await target.send(QueueUrl, "x");

    await target.sqs.send(new DeleteQueueCommand({ QueueUrl }));

    const patience = isEmbedded ? {} : { withinMs: 65_000, everyMs: 2_000 };
    await eventually(
      () => expect(target.send(QueueUrl, "y")).rejects.toMatchObject({ name: "QueueDoesNotExist" }),
      patience,
    );
  }, 70_000);

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html
  it("purges what is visible, in flight and delayed, once in 60 s", async () => {
    const QueueUrl = await target.createQueue();
    await target.sendAll(QueueUrl, ["in flight", "visible"]);
    await target.send(QueueUrl, "delayed", { DelaySeconds: 900 });
    await target.receiveOne(QueueUrl);

    await target.sqs.send(new PurgeQueueCommand({ QueueUrl }));

    const again = new PurgeQueueCommand({ QueueUrl });
    await expect(target.sqs.send(again)).rejects.toMatchObject({ name: "PurgeQueueInProgress" });
    await eventually(async () => expect(await target.counts(QueueUrl)).toEqual([0, 0, 0]), {
      withinMs: 60_000,
    });
  }, 65_000);
});
