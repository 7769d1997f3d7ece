import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, it } from "vitest";

import { startDynamoDb, type LocalDynamoDb } from "../dynamodb.ts";

// Tests another DynamoDB. Vitest doesn't pass other programs' flags on, so it has to be the environment.
// oxlint-disable-next-line node/no-process-env
const { CONFORMANCE_DYNAMODB_ENDPOINT: endpoint } = process.env;

const TableName = `activations-${randomUUID()}`;
let embedded: LocalDynamoDb | undefined;
let client: DynamoDBClient;

beforeAll(async () => {
  embedded = endpoint === undefined ? await startDynamoDb() : undefined;
  const url = embedded?.url ?? endpoint ?? "";
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  client = new DynamoDBClient({ endpoint: url, region: "us-east-1", credentials, maxAttempts: 1 });
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "eventId", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "eventId", KeyType: "HASH" }],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName });
});
afterAll(async () => {
  await client.send(new DeleteTableCommand({ TableName }));
  client.destroy();
  await embedded?.close();
});

const keyOf = (eventId: string) => ({ eventId: { S: eventId } });
const read = async (eventId: string) =>
  (await client.send(new GetItemCommand({ TableName, Key: keyOf(eventId), ConsistentRead: true }))).Item;

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html (if_not_exists)
it("if_not_exists keeps the first value, and the answer shows it", async () => {
  const claim = (owner: string) =>
    client.send(
      new UpdateItemCommand({
        TableName,
        Key: keyOf("claimed"),
        UpdateExpression: "SET #owner = if_not_exists(#owner, :owner)",
        ExpressionAttributeNames: { "#owner": "owner" },
        ExpressionAttributeValues: { ":owner": { S: owner } },
        ReturnValues: "ALL_NEW",
      }),
    );

  const first = await claim("first");
  const second = await claim("second");

  const kept = { eventId: { S: "claimed" }, owner: { S: "first" } };
  expect([first.Attributes, second.Attributes]).toEqual([kept, kept]);
});

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
it("of 50 parallel puts on condition that there is no item, one wins, and a read finds it", async () => {
  const put = (owner: string) =>
    client.send(
      new PutItemCommand({
        TableName,
        Item: { ...keyOf("contended"), owner: { S: owner } },
        ConditionExpression: "attribute_not_exists(eventId)",
      }),
    );
  const owners = Array.from({ length: 50 }, (_, index) => `owner-${index}`);

  const results = await Promise.allSettled(owners.map(put));

  const winners = owners.filter((_, index) => results[index]?.status === "fulfilled");
  const losses = results.flatMap((result) =>
    result.status === "rejected" ? [result.reason as unknown] : [],
  );
  expect(winners).toHaveLength(1);
  expect(losses.every((loss) => loss instanceof ConditionalCheckFailedException)).toBe(true);
  expect(await read("contended")).toEqual({ ...keyOf("contended"), owner: { S: winners[0] } });
});

// Chapter 07's lease: an absent or expired one can be taken, a held one can't.
it("of 50 parallel attempts to take an expired lease, one wins, and a live lease is refused", async () => {
  const take = (owner: string, { nowMs, expiresAtMs }: { nowMs: number; expiresAtMs: number }) =>
    client.send(
      new UpdateItemCommand({
        TableName,
        Key: keyOf("leased"),
        UpdateExpression: "SET leaseOwner = :owner, leaseExpiresAtMs = :expiresAtMs",
        ConditionExpression: "attribute_not_exists(leaseOwner) OR leaseExpiresAtMs < :nowMs",
        ExpressionAttributeValues: {
          ":owner": { S: owner },
          ":nowMs": { N: String(nowMs) },
          ":expiresAtMs": { N: String(expiresAtMs) },
        },
      }),
    );
  await take("dead", { nowMs: 0, expiresAtMs: 1_000 });
  await expect(take("early", { nowMs: 1_000, expiresAtMs: 2_000 })).rejects.toThrow(
    ConditionalCheckFailedException,
  );

  const owners = Array.from({ length: 50 }, (_, index) => `owner-${index}`);
  const results = await Promise.allSettled(
    owners.map((owner) => take(owner, { nowMs: 1_001, expiresAtMs: 2_000 })),
  );

  const winners = owners.filter((_, index) => results[index]?.status === "fulfilled");
  expect(winners).toHaveLength(1);
  expect(await read("leased")).toEqual({
    ...keyOf("leased"),
    leaseOwner: { S: winners[0] },
    leaseExpiresAtMs: { N: "2000" },
  });
});

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html
it("after a failed condition, a consistent read shows the row that failed it", async () => {
  const put = (owner: string) =>
    client.send(
      new PutItemCommand({
        TableName,
        Item: { ...keyOf("taken"), owner: { S: owner } },
        ConditionExpression: "attribute_not_exists(eventId)",
      }),
    );
  await put("first");

  await expect(put("second")).rejects.toThrow(ConditionalCheckFailedException);
  expect(await read("taken")).toEqual({ ...keyOf("taken"), owner: { S: "first" } });
});

// Not a rule of AWS, but the workshop kills processes in the middle of anything.
it.skipIf(endpoint !== undefined)(
  "survives a client that is cut off in the middle of a request",
  async () => {
    const port = Number(new URL(embedded?.url ?? "").port);
    const socket = connect(port, "127.0.0.1");
    // It answers "100 Continue" once it has the head, so the cut is certain to fall into the body.
    socket.write("POST / HTTP/1.1\r\nhost: 127.0.0.1\r\nexpect: 100-continue\r\ncontent-length: 99\r\n\r\n");
    await once(socket, "data");
    socket.resetAndDestroy();
    await once(socket, "close");

    expect(await read("nobody")).toBeUndefined();
  },
);

it.skipIf(endpoint !== undefined)("refuses a body that it can't read, and goes on", async () => {
  const request = {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": "DynamoDB_20120810.GetItem",
      "x-amz-date": "20260101T000000Z",
      authorization: "AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=0",
    },
    body: "null",
  };
  const answer = await fetch(embedded?.url ?? "", request);

  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ __type: "com.amazon.coral.service#SerializationException" });
  expect(await read("nobody")).toBeUndefined();
});
