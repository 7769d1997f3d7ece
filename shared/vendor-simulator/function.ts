import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  paginateScan,
  PutCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import * as z from "zod";
import { batchWrite } from "#shared/batch-write.ts";
import { BadRequest, createVendorApi, problem } from "./api.ts";
import type { VendorAnswer } from "./api.ts";
import { countDevices, hasProvisioned, ledgerCallSchema } from "./ledger.ts";
import type { Outcome, VendorLedger } from "./ledger.ts";
import { changeWeather, drawCall, usualWeather, weatherSchema } from "./weather.ts";
import type { Weather } from "./weather.ts";

interface VendorTable {
  dynamoDb: DynamoDBDocumentClient;
  /** Key `id`: `weather`, `call#UUID`, `device#ADDRESS`, `key#KEY`. */
  tableName: string;
  /** Calls at the same time: the function's reserved concurrency, as set in the template. */
  capacity: number;
}

// Longer than any caller waits.
const hangMs = 25_000;
// The function's timeout in the template, after which Lambda has ended the call.
const longestCallMs = 30_000;

/**
 * The simulated vendor as a function: one call per environment, with its weather and its ledger in a table. It answers what the
 * process on a laptop answers (server.ts), with three simplifications. No call waits in line: beyond the reserved concurrency
 * Lambda itself answers 429. A call that is cut off is a 502. The second of two simultaneous calls with one key gets 409
 * instead of waiting for the first. An environment that dies, or can't write how its call ended, leaves the call open until its
 * longest time is over, and its key taken until the ledger is emptied: a real vendor would let the key expire, as 07's lease does.
 */
export function createVendorFunction(table: VendorTable) {
  const answer = createVendorApi({
    provision: (macAddress, key) => provision(table, macAddress, key),
    weather: () => readWeather(table),
    changeWeather: async (change) => {
      const weather = changeWeather(await readWeather(table), change);
      if (weather.hold) {
        throw new BadRequest(400, "Expected no `hold`: a call of a function can't be held for ever");
      }
      const set = { ...weather, ...limits(table) };
      await put(table, { id: "weather", weather: set });
      return set;
    },
    ledger: () => readLedger(table),
    openCalls: async () => (await readLedger(table)).open,
    summary: async () => {
      const { calls, provisionings, open } = await readLedger(table);
      const devices = countDevices(Object.values(provisionings));
      return { calls: calls.length, ...devices, open: open.length, inLine: 0 };
    },
    forget: () => forget(table),
  });

  return async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const { rawPath: path, headers, body = "", isBase64Encoded, requestContext } = event;
    const response = await answer({
      method: requestContext.http.method,
      path,
      idempotencyKey: headers["idempotency-key"],
      body: () => (isBase64Encoded ? Buffer.from(body, "base64").toString() : body),
      // Lambda doesn't tell a function that its caller left.
      onLeave: () => {},
    });
    const { status: statusCode, ...rest } =
      response === "cut" ? problem(502, "The connection was cut") : response;
    return { statusCode, ...rest };
  };
}

async function provision(
  table: VendorTable,
  macAddress: string,
  key: string | undefined,
): Promise<VendorAnswer> {
  const weather = await readWeather(table);
  const nthCall = await countCall(table, macAddress);
  const call = { id: randomUUID(), macAddress, key, startedAtMs: Date.now() };
  if (weather.outage || weather.answer === "refuse") {
    await endCall(table, call, weather.outage ? "outage" : "refused");
    return { status: weather.outage ? 503 : 429, detail: "The vendor is out of order; try again later" };
  }
  const honoured = weather.honoursIdempotencyKey ? key : undefined;
  const known = honoured === undefined ? undefined : await takeKey(table, honoured, call.id);
  if (known !== undefined) {
    await endCall(table, call, known === "running" ? "refused" : "remembered");
    return known === "running"
      ? { status: 409, detail: "A call with this key is being worked on; try again later" }
      : { status: 201, provisioningId: known };
  }

  await put(table, callItem(call));
  const { delayMs, fails } = drawCall(weather, macAddress, nthCall);
  if (weather.answer === "hang") {
    await sleep(hangMs);
    await endCall(table, call, "hung", honoured);
    return { status: 503, detail: "The vendor hung" };
  }
  await sleep(delayMs);
  if (fails || weather.answer === "fail" || weather.poison.includes(macAddress)) {
    await endCall(table, call, "failed", honoured);
    return { status: 500, detail: "The vendor could not provision this device" };
  }
  const isCut = weather.answer === "disconnect";
  await endCall(table, call, isCut ? "disconnected" : "provisioned", honoured);
  return isCut ? "cut" : { status: 201, provisioningId: call.id };
}

interface FunctionCall {
  id: string;
  macAddress: string;
  key: string | undefined;
  startedAtMs: number;
}

const callItem = ({ id, macAddress, key, startedAtMs }: FunctionCall) => ({
  id: `call#${id}`,
  macAddress,
  startedAtMs,
  ...(key !== undefined && { idempotencyKey: key }),
});

/** Writes how the call ended, and for an honoured key whether it can be tried again. */
async function endCall(table: VendorTable, call: FunctionCall, outcome: Outcome, key?: string) {
  await put(table, { ...callItem(call), endedAtMs: Date.now(), outcome });
  if (key !== undefined) {
    const id = `key#${key}`;
    await (hasProvisioned(outcome)
      ? put(table, { id, provisioningId: call.id })
      : table.dynamoDb.send(new DeleteCommand(item(table, id))));
  }
}

/** Undefined if the key is new, and now belongs to this call. Otherwise what it has provisioned, or "running". */
async function takeKey(table: VendorTable, key: string, callId: string): Promise<string | undefined> {
  const id = `key#${key}`;
  try {
    await put(table, { id, callId }, "attribute_not_exists(id)");
    return undefined;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) {
      throw error;
    }
  }
  return z.object({ provisioningId: z.string().default("running") }).parse(await get(table, id))
    .provisioningId;
}

/** The number of this call among the device's calls: 1, 2, ... */
async function countCall(table: VendorTable, macAddress: string): Promise<number> {
  const { Attributes: row } = await table.dynamoDb.send(
    new UpdateCommand({
      ...item(table, `device#${macAddress}`),
      UpdateExpression: "ADD calls :one",
      ExpressionAttributeValues: { ":one": 1 },
      ReturnValues: "ALL_NEW",
    }),
  );
  return z.object({ calls: z.number() }).parse(row).calls;
}

/** Lambda limits this by reserved concurrency, whatever the weather says. */
const limits = ({ capacity }: VendorTable) => ({ capacity, line: 0 });

async function readWeather(table: VendorTable): Promise<Weather> {
  const { weather } = await get(table, "weather");
  return { ...usualWeather, ...weatherSchema.optional().parse(weather), ...limits(table) };
}

async function readLedger(table: VendorTable): Promise<VendorLedger> {
  const calls = await rowsOf(table, "call#", ledgerCallSchema);
  const provisionings: Record<string, number> = {};
  for (const { macAddress, outcome } of calls) {
    if (hasProvisioned(outcome)) {
      provisionings[macAddress] = (provisionings[macAddress] ?? 0) + 1;
    }
  }
  // Otherwise one end that was not written would be waited for until the ledger is emptied.
  const openSinceMs = Date.now() - longestCallMs;
  const open = calls
    .filter(({ startedAtMs, endedAtMs }) => endedAtMs === undefined && startedAtMs > openSinceMs)
    .map(({ macAddress }) => macAddress);
  return {
    calls: calls.toSorted((one, other) => one.startedAtMs - other.startedAtMs),
    provisionings,
    open: [...new Set(open)],
  };
}

/** Removes calls, keys and devices, but keeps the weather. Returns the number of removed rows. */
async function forget(table: VendorTable): Promise<number> {
  const rows = await Promise.all(
    ["call#", "key#", "device#"].map((prefix) => rowsOf(table, prefix, z.object({ id: z.string() }))),
  );
  const deletions = rows.flat().map((Key) => ({ DeleteRequest: { Key } }));
  await batchWrite(table.tableName, deletions, (RequestItems) =>
    table.dynamoDb.send(new BatchWriteCommand({ RequestItems })),
  );
  return deletions.length;
}

const item = ({ tableName }: VendorTable, id: string) => ({ TableName: tableName, Key: { id } });

async function get(table: VendorTable, id: string): Promise<Record<string, unknown>> {
  const { Item: row = {} } = await table.dynamoDb.send(
    new GetCommand({ ...item(table, id), ConsistentRead: true }),
  );
  return row;
}

async function put({ dynamoDb, tableName }: VendorTable, row: Record<string, unknown>, condition?: string) {
  await dynamoDb.send(
    new PutCommand({
      TableName: tableName,
      Item: row,
      ...(condition !== undefined && { ConditionExpression: condition }),
    }),
  );
}

async function rowsOf<Row extends z.ZodType>(
  { dynamoDb, tableName }: VendorTable,
  prefix: string,
  schema: Row,
): Promise<z.output<Row>[]> {
  const rows: z.output<Row>[] = [];
  const pages = paginateScan(
    { client: dynamoDb },
    {
      TableName: tableName,
      ConsistentRead: true,
      FilterExpression: "begins_with(id, :prefix)",
      ExpressionAttributeValues: { ":prefix": prefix },
    },
  );
  for await (const { Items: items = [] } of pages) {
    rows.push(...items.map((each) => schema.parse(each)));
  }
  return rows;
}
