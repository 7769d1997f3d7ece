import { setTimeout as sleep } from "node:timers/promises";
import { deviceAt } from "#shared/devices.ts";

// BatchWriteItem takes 25 at most.
const batchSize = 25;
const batchesAtOnce = 4;
const maxAttempts = 8;

interface SeedOptions {
  dynamoDbUrl: string;
  /** Of the template, which must name the inventory's table. */
  outputs: Readonly<Record<string, string>>;
  templateFile: string;
  devices: number;
}

type DevicePut = { PutRequest: { Item: Record<string, { S: string }> } };

/** Fills the inventory with the first `devices` devices. What DynamoDB leaves unprocessed is tried again, a bounded number of times. */
export async function seedInventory(options: SeedOptions): Promise<void> {
  const { dynamoDbUrl, outputs, templateFile, devices } = options;
  const tableName = outputs["DEVICES_TABLE"];
  if (tableName === undefined) {
    throw new Error(`Expected an output DevicesTable in ${templateFile}, found none: the inventory needs it`);
  }
  let next = 0;
  const writeBatches = async () => {
    while (next < devices) {
      const from = next;
      next += batchSize;
      const indexes = Array.from(
        { length: Math.min(batchSize, devices - from) },
        (_, offset) => from + offset,
      );
      await writeBatch(dynamoDbUrl, tableName, indexes.map(toPut));
    }
  };
  await Promise.all(Array.from({ length: batchesAtOnce }, writeBatches));
}

function toPut(index: number): DevicePut {
  const { customerId, macAddress } = deviceAt(index);
  return { PutRequest: { Item: { macAddress: { S: macAddress }, customerId: { S: customerId } } } };
}

async function writeBatch(dynamoDbUrl: string, tableName: string, requests: DevicePut[]): Promise<void> {
  let left = requests;
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    left = (await batchWriteItem(dynamoDbUrl, { [tableName]: left }))[tableName] ?? [];
    if (left.length === 0) {
      return;
    }
    await sleep(20 * 2 ** attempt);
  }
  throw new Error(
    `Expected the inventory to be seeded, but ${left.length} devices of a batch were left ${maxAttempts} times`,
  );
}

/** Without the SDK, so that the launcher need not load it; the embedded DynamoDB checks no signature. */
async function batchWriteItem(
  dynamoDbUrl: string,
  requestItems: Record<string, DevicePut[]>,
): Promise<Record<string, DevicePut[]>> {
  const response = await fetch(dynamoDbUrl, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": "DynamoDB_20120810.BatchWriteItem",
      "x-amz-date": new Date().toISOString().replaceAll(/[-:]|\.\d+/g, ""),
      authorization:
        "AWS4-HMAC-SHA256 Credential=local/20220101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=none",
    },
    body: JSON.stringify({ RequestItems: requestItems }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(
      `Expected the inventory to be seeded, but DynamoDB answered ${response.status}: ${text.slice(0, 200)}`,
    );
  }
  return (JSON.parse(text) as { UnprocessedItems?: Record<string, DevicePut[]> }).UnprocessedItems ?? {};
}
