import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";

// For our own tools beside the embedded AWS, or another emulator. What the shell or ~/.aws/config says is for the user's own
// account: with AWS_USE_FIPS_ENDPOINT a client refuses every address but AWS's.
const local = {
  region: "us-east-1",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
};

/** A client for the SQS at this address, and for no other: only without an endpoint in its settings it asks the host of a queue's URL. */
export const sqsAt = (endpoint: string): SQSClient => new SQSClient({ ...local, endpoint });

/** A client for the DynamoDB at this address. */
export const dynamoDbAt = (endpoint: string): DynamoDBClient => new DynamoDBClient({ ...local, endpoint });
