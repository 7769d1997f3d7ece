import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { traceIdOf } from "#shared/tracing/caller.ts";
import { TraceRecorder } from "#shared/tracing/recorder.ts";
import { startDynamoDb } from "./dynamodb.ts";
import type { LocalDynamoDb } from "./dynamodb.ts";

const trace = new TraceRecorder("aws", 64);
const invocation = "0b1cdd3e-7d4e-4a28-9d1a-0e9bd0e6f0a1";
let dynamoDb: LocalDynamoDb;
let api: DynamoDBClient;
let invoked: DynamoDBClient;

beforeAll(async () => {
  dynamoDb = await startDynamoDb({ trace });
  const client = (userAgentAppId: string) =>
    new DynamoDBClient({
      endpoint: dynamoDb.url,
      region: "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
      userAgentAppId,
    });
  [api, invoked] = [client("api"), client("")];
  invoked.middlewareStack.add(
    (next) => (given) => {
      (given.request as { headers: Record<string, string> }).headers["X-Amzn-Trace-Id"] =
        traceIdOf(invocation);
      return next(given);
    },
    { step: "build" },
  );
  for (const [TableName, AttributeName] of [
    ["tickets", "eventId"],
    ["devices", "macAddress"],
    ["others", "name"],
  ] as const) {
    await dynamoDb.createTable({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName, AttributeType: "S" }],
      KeySchema: [{ AttributeName, KeyType: "HASH" }],
    });
  }
});
afterAll(async () => {
  api.destroy();
  invoked.destroy();
  await dynamoDb.close();
});
beforeEach(() => trace.begin());

const noted = () =>
  trace
    .read()
    .events.map(({ atMs: _at, part: _part, seq: _seq, ...event }): Record<string, unknown> => event);
const ticket = (eventId: string) => ({ TableName: "tickets", Key: { eventId: { S: eventId } } });
/** A lease as chapter 07 takes it, which asks for no return values. */
const lease = (eventId: string, more: Partial<UpdateItemCommandInput> = {}) =>
  new UpdateItemCommand({
    ...ticket(eventId),
    UpdateExpression: "SET #status = :status, leaseOwner = :owner, leaseExpiresAtMs = :until",
    ConditionExpression: "attribute_not_exists(#status)",
    ExpressionAttributeNames: { "#status": "status" },
    ExpressionAttributeValues: {
      ":status": { S: "provisioning" },
      ":owner": { S: "o-1" },
      ":until": { N: "1000" },
    },
    ...more,
  });

it("records the row after a write that asks for no values, and gives the caller none", async () => {
  for (const [eventId, more] of [
    ["plain", {}],
    ["none", { ReturnValues: "NONE" }],
  ] as const) {
    const answer = await invoked.send(lease(eventId, more));
    expect(answer.Attributes).toBeUndefined();
  }

  const state = { status: "provisioning", leaseOwner: "o-1", leaseEndsAtMs: 1_000, by: invocation };
  expect(noted()).toEqual([
    { kind: "written", eventId: "plain", ...state },
    { kind: "written", eventId: "none", ...state },
  ]);
});

it("passes on the values that a request asks for", async () => {
  const answers = [
    await invoked.send(lease("new", { ReturnValues: "ALL_NEW" })),
    await invoked.send(lease("updated", { ReturnValues: "UPDATED_NEW" })),
    await invoked.send(lease("capacity", { ReturnConsumedCapacity: "TOTAL" })),
  ];

  expect(answers.map(({ Attributes }) => Object.keys(Attributes ?? {}).length)).toEqual([4, 3, 0]);
  expect(answers[2]?.ConsumedCapacity?.TableName).toBe("tickets");
  // The last answer doesn't show the row's status.
  expect(noted().map(({ status }) => status)).toEqual(["provisioning", "provisioning", undefined]);
});

it("reads updates that arrive in several parts, and leaves one alone that is too long for DynamoDB", async () => {
  const withText = (eventId: string, length: number) =>
    new UpdateItemCommand({
      ...ticket(eventId),
      UpdateExpression: "SET #status = :status, longText = :longText",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":status": { S: "active" }, ":longText": { S: "x".repeat(length) } },
    });
  const answer = await api.send(withText("long", 350_000));
  await expect(api.send(withText("too long", 3_000_000))).rejects.toThrow(/maximum allowed size/);

  expect(answer.Attributes).toBeUndefined();
  expect(noted()).toEqual([{ kind: "written", eventId: "long", status: "active", by: "api" }]);
});

it("is not misled by long rows, nor by values that look like a key", async () => {
  const longText = { S: "x".repeat(3_000) };
  const lookalike = { M: { Key: { M: { eventId: { S: "inner" } } } } };
  for (const Item of [
    { eventId: { S: "long" }, status: { S: "active" }, longText },
    { eventId: { S: "with others" }, status: { S: "accepted" }, lookalike },
  ]) {
    await api.send(new PutItemCommand({ TableName: "tickets", Item }));
  }
  await invoked.send(new GetItemCommand(ticket("long")));
  await api.send(
    new UpdateItemCommand({
      TableName: "others",
      Key: { name: { S: '"Key":{"eventId":{"S":"quoted"}}' } },
      UpdateExpression: "SET about = :about",
      ExpressionAttributeValues: { ":about": lookalike },
    }),
  );

  expect(noted()).toEqual([
    { kind: "written", eventId: "long", status: "active", by: "api" },
    { kind: "written", eventId: "with others", status: "accepted", by: "api" },
    { kind: "read", eventId: "long", status: "active", by: invocation },
  ]);
});

it("records a failed condition, and reads by the function that works on a ticket but not by a customer", async () => {
  const put = new PutItemCommand({
    TableName: "tickets",
    Item: { eventId: { S: "e" }, status: { S: "active" } },
  });
  await api.send(put);
  await expect(invoked.send(lease("e"))).rejects.toThrow(ConditionalCheckFailedException);
  await invoked.send(new GetItemCommand(ticket("e")));
  await invoked.send(new GetItemCommand(ticket("nobody's")));
  await api.send(new GetItemCommand(ticket("e")));
  await api.send(new DeleteItemCommand(ticket("e")));

  expect(noted()).toEqual([
    { kind: "written", eventId: "e", status: "active", by: "api" },
    { kind: "refused", eventId: "e", by: invocation },
    { kind: "read", eventId: "e", status: "active", by: invocation },
    { kind: "read", eventId: "nobody's", by: invocation },
    { kind: "written", eventId: "e", by: "api" },
  ]);
});

it("records claims in the inventory, and which device works", async () => {
  const device = {
    TableName: "devices",
    Key: { macAddress: { S: "00-01" } },
    ReturnValues: "ALL_NEW",
  } as const;
  const claim = (eventId: string) =>
    new UpdateItemCommand({
      ...device,
      UpdateExpression: "SET eventId = if_not_exists(eventId, :eventId)",
      ExpressionAttributeValues: { ":eventId": { S: eventId } },
    });
  await api.send(claim("e-1"));
  await api.send(claim("e-2"));
  await api.send(
    new UpdateItemCommand({
      ...device,
      UpdateExpression: "SET activatedAtMs = :nowMs",
      ExpressionAttributeValues: { ":nowMs": { N: "5" } },
    }),
  );
  // A table that is neither the inventory nor the tickets.
  await api.send(new PutItemCommand({ TableName: "others", Item: { name: { S: "x" } } }));

  const claimed = { kind: "claimed", eventId: "e-1", macAddress: "00-01", by: "api" };
  expect(noted()).toEqual([
    { ...claimed, isFirst: true },
    { ...claimed, isFirst: false },
    { kind: "written", eventId: "e-1", status: "active", activatedAtMs: 5, by: "api" },
  ]);
});

it.each(["null", "5", "[]", '{"Key":null}', '{"Item":{"eventId":null}}', "{"])(
  "records nothing of the body %s, and goes on",
  async (body) => {
    const answer = await fetch(dynamoDb.url, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": "DynamoDB_20120810.UpdateItem",
        "x-amz-date": "20260101T000000Z",
        authorization: "AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=0",
      },
      body,
    });

    expect(answer.status).toBe(400);
    await api.send(new PutItemCommand({ TableName: "tickets", Item: { eventId: { S: "next" } } }));
    expect(noted()).toEqual([{ kind: "written", eventId: "next", by: "api" }]);
  },
);
