import { UsageError } from "#shared/command.ts";

/** Another emulator's addresses (moto, LocalStack, DynamoDB Local ...). */
export interface Endpoints {
  sqsUrl: string;
  dynamoDbUrl: string;
}

/**
 * The emulator that the SDK's own variables name, if they do; both services, or none. Throws a {@link UsageError} for
 * an address of AWS itself: that takes the words `real-aws` and a stack.
 */
export function readEndpoints(env: Readonly<Record<string, string | undefined>>): Endpoints | undefined {
  const { AWS_ENDPOINT_URL_SQS: sqsUrl, AWS_ENDPOINT_URL_DYNAMODB: dynamoDbUrl } = env;
  if (sqsUrl === undefined && dynamoDbUrl === undefined) {
    return undefined;
  }
  const isOther = (url = "") =>
    URL.canParse(url) && !/\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/.test(new URL(url).hostname);
  if (sqsUrl === undefined || dynamoDbUrl === undefined || !isOther(sqsUrl) || !isOther(dynamoDbUrl)) {
    throw new UsageError(
      "Expected AWS_ENDPOINT_URL_SQS and AWS_ENDPOINT_URL_DYNAMODB to be an emulator's, both of them, " +
        `got ${sqsUrl ?? "nothing"} and ${dynamoDbUrl ?? "nothing"}; unset them for the embedded AWS.`,
    );
  }
  return { sqsUrl: sqsUrl.replace(/\/$/, ""), dynamoDbUrl: dynamoDbUrl.replace(/\/$/, "") };
}
