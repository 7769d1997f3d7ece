import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
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
  return new SQSClient({
    ...patience(requestTimeoutMs + longestPollSeconds * 1_000),
    // Left to itself, the SDK asks the host of the queue's URL, whatever the variables say; an emulator may name AWS's there.
    useQueueUrlAsEndpoint: false,
  });
}

/** For a write that may be left out when its condition does not hold. Throws every other error again. */
export function ignoreFailedCondition(error: unknown): void {
  if (!(error instanceof ConditionalCheckFailedException)) {
    throw error;
  }
}
