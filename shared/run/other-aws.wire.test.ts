import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startDynamoDb } from "#shared/local-aws/dynamodb.ts";
import type { LocalDynamoDb } from "#shared/local-aws/dynamodb.ts";
import { startSqs } from "#shared/local-aws/sqs/api/server.ts";
import type { RunningSqs } from "#shared/local-aws/sqs/api/server.ts";
import { projectFolder } from "./chapters.ts";
import { startElsewhere } from "./other-aws.ts";

const place = { region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } };
let queues: RunningSqs;
let tables: LocalDynamoDb;
let sqs: SQSClient;
let dynamoDb: DynamoDBClient;
beforeAll(async () => {
  [queues, tables] = await Promise.all([startSqs(), startDynamoDb()]);
  sqs = new SQSClient({ endpoint: queues.url, ...place });
  dynamoDb = new DynamoDBClient({ endpoint: tables.url, ...place });
});
afterAll(async () => {
  sqs.destroy();
  dynamoDb.destroy();
  await Promise.all([queues.close(), tables.close()]);
});

const start = (chapter: string, parameters: Record<string, string> = {}) =>
  startElsewhere({
    templateFile: join(projectFolder, "chapters", chapter, "template.yaml"),
    parameters,
    sqsUrl: queues.url,
    dynamoDbUrl: tables.url,
  });
const names = async () => {
  const { QueueUrls: urls = [] } = await sqs.send(new ListQueuesCommand({}));
  const { TableNames: found = [] } = await dynamoDb.send(new ListTablesCommand({}));
  return [...urls.map((url) => url.split("/").at(-1)), ...found];
};

it("creates what the template asks for, and leaves nothing of it at the end", async () => {
  const aws = await start("03-queue");

  expect(await names()).toEqual(["ActivationQueue", "ActivationsTable", "DevicesTable"]);
  expect(aws.outputs["QUEUE_URL"]).toMatch(/\/ActivationQueue$/);
  await aws.stop();
  expect(await names()).toEqual([]);
});

it("takes back what it has made if the rest can't be made, and says what to do", async () => {
  await dynamoDb.send(
    new CreateTableCommand({
      TableName: "ActivationsTable",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "eventId", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "eventId", KeyType: "HASH" }],
    }),
  );

  await expect(start("03-queue")).rejects.toThrow(/Expected to create .* got: .* start the emulator anew/);
  // What was there before is not ours.
  expect(await names()).toEqual(["ActivationsTable"]);
});

it("refuses a chapter with a function", async () => {
  const parameters = { VendorUrl: "http://127.0.0.1:9" };

  await expect(start("04-lambda", parameters)).rejects.toThrow("01 to 03 run there");
});
