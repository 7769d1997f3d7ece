import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";

// The SDK's variables say where AWS is (AWS_ENDPOINT_URL_SQS, AWS_REGION, ...); the code doesn't know. One second and one
// retry: a slower dependency counts as a failure.
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

/** A client for DynamoDB with plain JavaScript values. It answers or throws within about two seconds. */
export function createDynamoDb(): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient(patience(requestTimeoutMs)));
}

/** A client for SQS. It answers or throws within about two seconds; a long poll may take `longestPollSeconds` more. */
export function createSqs({ longestPollSeconds = 0 } = {}): SQSClient {
  return new SQSClient({
    ...patience(requestTimeoutMs + longestPollSeconds * 1_000),
    // By default the SDK calls the host of the queue's URL, whatever the variables say, and an emulator may use AWS's there.
    useQueueUrlAsEndpoint: false,
  });
}

/** For a write that may be skipped if its condition does not hold. Rethrows every other error. */
export function ignoreFailedCondition(error: unknown): void {
  if (!(error instanceof ConditionalCheckFailedException)) {
    throw error;
  }
}
