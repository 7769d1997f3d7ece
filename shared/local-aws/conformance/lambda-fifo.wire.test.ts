import { ChangeMessageVisibilityCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { SQSEvent } from "aws-lambda";
import { afterEach, expect, it } from "vitest";

import { eventually } from "#shared/testing/eventually.ts";
import type { Order } from "./fixtures/handler.ts";
import { setStage } from "./fixtures/lambda-stage.ts";

let stage: Awaited<ReturnType<typeof setStage>>;
afterEach(() => stage.clear());

const onFifo = (BatchSize: string) => setStage({ template: "fifo.yaml", parameters: { BatchSize } });
const send = (...orders: Order[]) => stage.send(stage.aws.outputs["QUEUE_URL"], ...orders);
/** A message in the group that its tag begins with. */
const message = (tag: string, more: Order = {}): Order => ({ tag, group: tag.slice(0, 1), ...more });
/** The records of each invocation so far, in order. */
const batches = () =>
  stage.lines.flatMap(({ line }) =>
    line.startsWith("{") ? [(JSON.parse(line) as { event: SQSEvent }).event.Records] : [],
  );
const tags = () => batches().map((records) => records.map(({ body }) => (JSON.parse(body) as Order).tag));

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html ("FIFO queues": "one batch at a time for a group");
// recorded on AWS by LocalStack's test_fifo_message_group_parallelism
it("works on one batch of a group at a time, and on as many batches as there are groups", async () => {
  stage = await onFifo("1");
  const wait = stage.gate.url;
  await send(...["a1", "a2", "a3", "b1", "b2"].map((tag) => message(tag, { wait })));

  for (const waiting of [2, 2, 1]) {
    await eventually(() => expect(stage.gate.waiting()).toBe(waiting));
    stage.gate.open();
  }
  await stage.ended("Reporting", 5);

  const of = (group: string) => tags().filter(([tag]) => tag?.startsWith(group));
  await eventually(() =>
    expect([of("a"), of("b")]).toEqual([
      [["a1"], ["a2"], ["a3"]],
      [["b1"], ["b2"]],
    ]),
  );
});

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html: the handler has to stop at the first failure.
it("keeps the messages that the function names as failed, deletes the others of the batch, and makes the group wait", async () => {
  stage = await onFifo("10");
  const answer = { batchItemFailures: [{ itemIdentifier: "$1" }] };
  await stage.aws.enableMapping(false);
  await send(message("a1", { answer }), message("b1"), message("a2"), message("a3"));

  await stage.aws.enableMapping(true);
  await stage.ended("Reporting", 1);
  await send(message("a4"), message("b2"));
  await stage.ended("Reporting", 2);

  // A batch is filled from one group first, and may hold several.
  await eventually(() => expect(tags()).toEqual([["a1", "a2", "a3", "b1"], ["b2"]]));
  expect(await stage.tagsIn("Queue.fifo")).toEqual(["a2", "a4"]);
});

it("delivers nothing of a group while its batch runs, even if the function makes a message visible again", async () => {
  stage = await onFifo("1");
  await send(message("a1", { wait: stage.gate.url }), message("a2"));
  await eventually(() => expect(stage.gate.waiting()).toBe(1));
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const sqs = new SQSClient({ endpoint: stage.aws.sqsUrl, region: "us-east-1", credentials });
  const ReceiptHandle = batches()[0]?.[0]?.receiptHandle;
  const QueueUrl = stage.aws.outputs["QUEUE_URL"];

  await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  sqs.destroy();
  await send(message("b1"));
  await eventually(() => expect(tags()).toEqual([["a1"], ["b1"]]));
  stage.gate.open();

  // By then its receipt handle has expired.
  await eventually(() => expect(stage.lines.map(({ line }) => line).join("\n")).toContain("done too late"));
  await eventually(() => expect(stage.gate.waiting()).toBe(1));
  stage.gate.open();
  await stage.ended("Reporting", 4);
  // What a function prints may come after its answer.
  await eventually(() => expect(tags()).toEqual([["a1"], ["b1"], ["a1"], ["a2"]]));
});
