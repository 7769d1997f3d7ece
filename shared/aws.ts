import { setTimeout as sleep } from "node:timers/promises";
import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { BatchWriteCommand, DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { BatchWriteCommandInput } from "@aws-sdk/lib-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";

// Where AWS is comes from the SDK's own variables (AWS_ENDPOINT_URL_SQS, AWS_REGION, ...): the code never knows.
// One second and one retry: a dependency that is slower than that is told to the caller as a failure.
const requestTimeoutMs = 1_000;
const maxAttempts = 2;

const patience = (timeoutMs: number) => ({
  maxAttempts,
  requestHandler: {
    connectionTimeout: requestTimeoutMs,
    requestTimeout: timeoutMs,
    throwOnRequestTimeout: true,
  },
});

/** A client for DynamoDB, speaking plain values, that answers or throws within about two seconds. */
export function createDynamoDb(): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient(patience(requestTimeoutMs)));
}

/** A client for SQS that answers or throws within about two seconds; a long poll may take `longestPollSeconds` more. */
export function createSqs({ longestPollSeconds = 0 } = {}): SQSClient {
  return new SQSClient(patience(requestTimeoutMs + longestPollSeconds * 1_000));
}

/** For a write that may be left out when its condition does not hold. Throws every other error again. */
export function ignoreFailedCondition(error: unknown): void {
  if (!(error instanceof ConditionalCheckFailedException)) {
    throw error;
  }
}

/** A put or a deletion of one item, as BatchWriteItem takes it. */
type WriteRequest = NonNullable<BatchWriteCommandInput["RequestItems"]>[string][number];

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
const batchSize = 25;
const mostTries = 8;
const firstDelayMs = 20;

/** Writes any number of items, each at least once. Throws if DynamoDB leaves some unprocessed again and again. */
export async function batchWrite(
  client: DynamoDBDocumentClient,
  tableName: string,
  requests: readonly WriteRequest[],
): Promise<void> {
  for (let from = 0; from < requests.length; from += batchSize) {
    let left: readonly WriteRequest[] = requests.slice(from, from + batchSize);
    for (let tries = 0; left.length > 0; tries += 1) {
      if (tries === mostTries) {
        throw new Error(
          `Expected ${requests.length} items to be written into ${tableName}, but DynamoDB left ${left.length} of a batch unprocessed ${mostTries} times; run it again.`,
        );
      }
      await sleep(tries === 0 ? 0 : firstDelayMs * 2 ** tries);
      const { UnprocessedItems: unprocessed } = await client.send(
        new BatchWriteCommand({ RequestItems: { [tableName]: [...left] } }),
      );
      left = unprocessed?.[tableName] ?? [];
    }
  }
}
