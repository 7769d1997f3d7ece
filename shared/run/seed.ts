import type { BatchWriteCommandInput, BatchWriteCommandOutput } from "@aws-sdk/lib-dynamodb";
import { batchWrite } from "#shared/batch-write.ts";
import { deviceAt } from "#shared/devices.ts";

const batchesAtOnce = 4;

interface SeedOptions {
  dynamoDbUrl: string;
  /** The template's outputs, which must name the inventory's table. */
  outputs: Readonly<Record<string, string>>;
  templateFile: string;
  devices: number;
}

/** Fills the inventory with the first `devices` devices. */
export async function seedInventory(options: SeedOptions): Promise<void> {
  const { dynamoDbUrl, outputs, templateFile, devices } = options;
  const tableName = outputs["DEVICES_TABLE"];
  if (tableName === undefined) {
    throw new Error(`Expected an output DevicesTable in ${templateFile}, found none: the inventory needs it`);
  }
  const puts = Array.from({ length: devices }, (_, index) => {
    const { customerId, macAddress } = deviceAt(index);
    return { PutRequest: { Item: { macAddress: { S: macAddress }, customerId: { S: customerId } } } };
  });
  const lanes = Array.from({ length: batchesAtOnce }, (_, lane) =>
    puts.filter((_put, index) => index % batchesAtOnce === lane),
  );
  await Promise.all(
    lanes.map((lane) => batchWrite(tableName, lane, (items) => batchWriteItem(dynamoDbUrl, items))),
  );
}

/** Without the SDK, so that the launcher needn't load it. The embedded DynamoDB checks no signature. */
async function batchWriteItem(
  dynamoDbUrl: string,
  items: BatchWriteCommandInput["RequestItems"],
): Promise<Pick<BatchWriteCommandOutput, "UnprocessedItems">> {
  const response = await fetch(dynamoDbUrl, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": "DynamoDB_20120810.BatchWriteItem",
      "x-amz-date": new Date().toISOString().replaceAll(/[-:]|\.\d+/g, ""),
      authorization:
        "AWS4-HMAC-SHA256 Credential=local/20220101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=none",
    },
    body: JSON.stringify({ RequestItems: items }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(
      `Expected the inventory to be seeded, but DynamoDB answered ${response.status}: ${text.slice(0, 200)}`,
    );
  }
  return JSON.parse(text) as BatchWriteCommandOutput;
}
