import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { SQSEvent } from "aws-lambda";
import { afterEach, expect, it } from "vitest";

import { eventually } from "#shared/testing/eventually.ts";
import { setStage } from "./fixtures/lambda-stage.ts";

let stage: Awaited<ReturnType<typeof setStage>>;
afterEach(() => stage.clear());

const counts = async () => (await stage.inspect()).queues.find(({ name }) => name === "Queue");
const tags = (count: number) => Array.from({ length: count }, (_, index) => ({ tag: String(index) }));

/** How many records each invocation so far got. */
const batches = () =>
  stage.lines.flatMap(({ line }) =>
    line.startsWith("{") ? [(JSON.parse(line) as { event: SQSEvent }).event.Records.length] : [],
  );

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html#events-sqs-max-concurrency
it("runs MaximumConcurrency invocations, and leaves the other messages visible", async () => {
  stage = await setStage({ parameters: { MaximumConcurrency: "2", BatchSize: "1" } });
  const wait = stage.gate.url;
  await stage.send(stage.aws.outputs["QUEUE_URL"], ...tags(5).map((tag) => ({ ...tag, wait })));

  await eventually(() => stage.gate.waiting() === 2);
  expect(await counts()).toMatchObject({ inFlight: 2, visible: 3 });
  expect((await stage.functionNamed("Reporting")).environments).toHaveLength(2);

  // Each one that ends makes room for another, in a warm environment.
  for (const waiting of [2, 1]) {
    stage.gate.open();
    await eventually(() => stage.gate.waiting() === waiting);
  }
  stage.gate.open();
  const ended = await stage.ended("Reporting", 5);
  expect(ended.environments).toHaveLength(2);
  expect(await stage.tagsIn("Queue")).toEqual([]);
});

// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html: up to BatchSize of what is there when it polls.
it("takes at most BatchSize messages at once", async () => {
  stage = await setStage({ consumers: false, parameters: { BatchSize: "4" } });
  await stage.send(stage.aws.outputs["QUEUE_URL"], ...tags(10));

  await stage.aws.enableMapping(true);
  await stage.ended("Reporting", 3);

  await eventually(() => expect(batches().toSorted((one, other) => one - other)).toEqual([2, 4, 4]));
});

// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html: a record whose message has attributes.
it("delivers a message's attributes and their digest", async () => {
  stage = await setStage();
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const sqs = new SQSClient({ endpoint: stage.aws.sqsUrl, region: "us-east-1", credentials });
  const message = {
    QueueUrl: stage.aws.outputs["QUEUE_URL"],
    MessageBody: "{}",
    MessageAttributes: { origin: { DataType: "String", StringValue: "shop" } },
  };

  const { MD5OfMessageAttributes } = await sqs.send(new SendMessageCommand(message));
  sqs.destroy();
  await stage.ended("Reporting", 1);

  const event = await eventually(() => {
    const lines = stage.lines.flatMap(({ line }) => (line.startsWith("{") ? [JSON.parse(line)] : []));
    expect(lines).toHaveLength(1);
    return (lines[0] as { event: SQSEvent }).event;
  });
  expect(event.Records).toMatchObject([
    {
      md5OfMessageAttributes: MD5OfMessageAttributes,
      messageAttributes: { origin: { dataType: "String", stringValue: "shop" } },
    },
  ]);
});

// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html: the batching window ends with a full batch or when its time is over.
it("waits for a batch to fill until the batching window is over", async () => {
  stage = await setStage({ parameters: { BatchSize: "20", BatchingWindowSeconds: "1" } });
  const url = stage.aws.outputs["QUEUE_URL"];

  await stage.send(url, ...tags(3));
  await stage.send(url, ...tags(4));
  await stage.ended("Reporting", 1);
  await eventually(() => expect(batches()).toEqual([7]));

  // A full batch doesn't wait.
  await stage.send(url, ...tags(10));
  await stage.send(url, ...tags(10));
  await stage.ended("Reporting", 2);
  await eventually(() => expect(batches()).toEqual([7, 20]));
});

it("polls only while it is enabled", async () => {
  stage = await setStage({ consumers: false });
  await stage.send(stage.aws.outputs["QUEUE_URL"], { tag: "waiting" });
  expect(await stage.functionNamed("Reporting")).toMatchObject({ mappingEnabled: false, invocations: 0 });
  expect(await counts()).toMatchObject({ visible: 1, inFlight: 0 });

  await stage.aws.enableMapping(true);
  await stage.ended("Reporting", 1);
  expect(await stage.functionNamed("Reporting")).toMatchObject({ mappingEnabled: true, errors: 0 });

  await stage.aws.enableMapping(false);
  await stage.send(stage.aws.outputs["QUEUE_URL"], { tag: "again" });
  expect(await counts()).toMatchObject({ visible: 1, inFlight: 0 });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues-at-least-once-delivery.html
it("delivers a message twice when asked to, even if the first copy was deleted", async () => {
  stage = await setStage();
  await stage.aws.deliverTwice(2, [10]);
  await stage.send(stage.aws.outputs["QUEUE_URL"], { tag: "once" });
  await stage.ended("Reporting", 1);
  await stage.send(stage.aws.outputs["QUEUE_URL"], { tag: "twice" });

  await stage.ended("Reporting", 3);
  expect(await stage.tagsIn("Queue")).toEqual([]);
});
