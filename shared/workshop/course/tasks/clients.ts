import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { RunningChapter } from "#shared/run/running-chapter.ts";

// The SDK's advice about Node 20 would stand between a participant and what the check found.
// oxlint-disable-next-line node/no-process-env -- the SDK reads it there and nowhere else
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

/** SDK clients of the embedded AWS that a chapter runs on, past the proxies. */
export function clientsOf({ environment, sqsUrl, dynamoDbUrl }: RunningChapter) {
  const common = {
    region: environment["AWS_REGION"] ?? "",
    credentials: {
      accessKeyId: environment["AWS_ACCESS_KEY_ID"] ?? "",
      secretAccessKey: environment["AWS_SECRET_ACCESS_KEY"] ?? "",
    },
  };
  return {
    sqs: new SQSClient({ ...common, endpoint: sqsUrl }),
    dynamoDb: DynamoDBDocumentClient.from(new DynamoDBClient({ ...common, endpoint: dynamoDbUrl })),
  };
}
