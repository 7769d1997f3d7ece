import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";

// For our tools when they use the embedded AWS or another emulator. The shell's settings and ~/.aws/config are for the user's
// account: with AWS_USE_FIPS_ENDPOINT, for example, a client refuses every address but AWS's.
const local = {
  region: "us-east-1",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
};

/** A client for the SQS at this address only: with an explicit endpoint it ignores the host of a queue URL. */
export const sqsAt = (endpoint: string): SQSClient => new SQSClient({ ...local, endpoint });

/** A client for the DynamoDB at this address. */
export const dynamoDbAt = (endpoint: string): DynamoDBClient => new DynamoDBClient({ ...local, endpoint });
