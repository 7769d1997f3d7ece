import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from "@aws-sdk/client-cloudformation";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";

/** Shows what is in another emulator's account, for tests of whole stacks. */
export function emulatedAccount(endpoint: string) {
  const options = {
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
  const cloudFormation = new CloudFormationClient(options);
  const dynamoDb = new DynamoDBClient(options);
  const sqs = new SQSClient(options);
  return {
    cloudFormation,
    lambda: new LambdaClient(options),
    /** `undefined` if there is no such stack. */
    stack: async (StackName: string) => {
      const { Stacks: [stack] = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
      const outputs = stack?.Outputs?.map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]);
      return (
        stack && {
          status: stack.StackStatus,
          outputs: Object.fromEntries(outputs ?? []) as Record<string, string | undefined>,
        }
      );
    },
    resources: async (StackName: string) =>
      (await cloudFormation.send(new DescribeStackResourcesCommand({ StackName }))).StackResources ?? [],
    queueAttributes: async (QueueUrl: string) => ({
      ...(await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }))).Attributes,
    }),
    queues: async () => (await sqs.send(new ListQueuesCommand({}))).QueueUrls ?? [],
    tables: async () => (await dynamoDb.send(new ListTablesCommand({}))).TableNames ?? [],
  };
}
