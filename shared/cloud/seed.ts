import { setTimeout as sleep } from "node:timers/promises";
import { BatchWriteCommand, DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { deviceAt } from "#shared/devices.ts";

// BatchWriteItem takes 25 at most.
const atOnce = 25;
const mostTries = 8;

/** Fills the inventory of a stack; what is there of the same devices is as new. Throws if DynamoDB leaves some undone. */
export async function seedStack(tableName: string, devices: number): Promise<void> {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  try {
    for (let from = 0; from < devices; from += atOnce) {
      const indexes = Array.from({ length: Math.min(atOnce, devices - from) }, (_, offset) => from + offset);
      let left = indexes.map((index) => ({ PutRequest: { Item: deviceAt(index) } }));
      for (let tries = 0; left.length > 0; tries += 1) {
        if (tries === mostTries) {
          throw new Error(
            `Expected ${devices} devices to be written, but DynamoDB left ${left.length} of the last ${atOnce} undone ${mostTries} times; run it again.`,
          );
        }
        await sleep(tries === 0 ? 0 : 20 * 2 ** tries);
        const { UnprocessedItems: undone } = await client.send(
          new BatchWriteCommand({ RequestItems: { [tableName]: left } }),
        );
        left = (undone?.[tableName] ?? []) as typeof left;
      }
    }
  } finally {
    client.destroy();
  }
}
