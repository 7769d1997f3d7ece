import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { startSqs } from "#shared/local-aws/sqs/api/server.ts";
import type { RunningSqs } from "#shared/local-aws/sqs/api/server.ts";
import { emptyQueues } from "./on-account.ts";

let server: RunningSqs;
let sqs: SQSClient;
beforeAll(async () => {
  server = await startSqs();
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  sqs = new SQSClient({ endpoint: server.url, region: "us-east-1", credentials });
});
afterAll(async () => {
  sqs.destroy();
  await server.close();
});

it("empties queues before a trial, and then waits the minute in which SQS may still delete", async () => {
  vi.spyOn(console, "error").mockReturnValue();
  const urls = await Promise.all(
    ["used", "unused"].map(async (QueueName) => {
      const { QueueUrl: url = "" } = await sqs.send(new CreateQueueCommand({ QueueName }));
      return url;
    }),
  );
  await sqs.send(new SendMessageCommand({ QueueUrl: urls[0], MessageBody: "of an earlier trial" }));
  const waited: number[] = [];
  const wait = async (ms: number) => waited.push(ms);

  await emptyQueues(sqs, urls, wait);
  expect(waited).toEqual([60_000]);
  const { Attributes: counts } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: urls[0], AttributeNames: ["ApproximateNumberOfMessages"] }),
  );
  expect(counts).toEqual({ ApproximateNumberOfMessages: "0" });

  await emptyQueues(sqs, urls, wait);
  expect(waited).toEqual([60_000]);
});
