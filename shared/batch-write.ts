import { setTimeout as sleep } from "node:timers/promises";
import type { BatchWriteCommandInput, BatchWriteCommandOutput } from "@aws-sdk/lib-dynamodb";

// Not in aws.ts, which is part of every chapter's function: none of them may write batches.

type RequestItems = NonNullable<BatchWriteCommandInput["RequestItems"]>;

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
const batchSize = 25;
const mostTries = 8;
const usualFirstDelayMs = 20;

/**
 * Writes any number of items, each at least once. `send` sends one batch to DynamoDB. Waits before each retry, twice as long each time.
 * Throws if DynamoDB keeps leaving some unprocessed.
 */
export async function batchWrite(
  tableName: string,
  requests: RequestItems[string],
  send: (items: RequestItems) => Promise<Pick<BatchWriteCommandOutput, "UnprocessedItems">>,
  firstDelayMs = usualFirstDelayMs,
): Promise<void> {
  for (let from = 0; from < requests.length; from += batchSize) {
    let left = requests.slice(from, from + batchSize);
    for (let tries = 0; left.length > 0; tries += 1) {
      if (tries === mostTries) {
        throw new Error(
          `Expected ${requests.length} items to be written into ${tableName}, but DynamoDB left ${left.length} of a batch unprocessed ${mostTries} times; run it again.`,
        );
      }
      await sleep(tries === 0 ? 0 : firstDelayMs * 2 ** tries);
      const { UnprocessedItems: unprocessed } = await send({ [tableName]: left });
      left = unprocessed?.[tableName] ?? [];
    }
  }
}
