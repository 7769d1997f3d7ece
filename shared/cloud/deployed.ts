import { SQSClient } from "@aws-sdk/client-sqs";
import { lookAtQueue, otherAws } from "#shared/run/other-aws.ts";
import { UsageError } from "#shared/command.ts";
import { accountVariables, askAccount, readDotEnv } from "./account.ts";
import { findStack, needWholeStack } from "./stack.ts";

interface DeployedWish {
  stackName: string;
  realAws: boolean;
  profile?: string | undefined;
  region?: string | undefined;
}

/**
 * Opens one of our stacks on a real account for a chapter's API and worker on this machine. They only write rows and messages;
 * nothing is created, and nothing deleted at the end. Throws a {@link UsageError}.
 */
export async function openDeployed({ stackName, realAws, profile, region }: DeployedWish) {
  const env = readDotEnv();
  const { account, region: place, endpoint } = await askAccount({ realAws, profile, region, env });
  const stack = needWholeStack(await findStack(stackName), stackName);
  console.log(`account ${account}, region ${place}, stack ${stackName}: tables and queues are there`);
  const sqs = new SQSClient({});
  const urls = ["QUEUE_URL", "DEAD_LETTER_QUEUE_URL"].flatMap((queue) => stack.outputs[queue] ?? []);
  const cannot = (what: string) => async (): Promise<never> => {
    throw new UsageError(`You can't ${what} on AWS; without \`real-aws\` the embedded one does it.`);
  };
  const aws = await otherAws({
    // For display only: our clients use the variables.
    sqsUrl: endpoint ?? `https://sqs.${place}.amazonaws.com`,
    dynamoDbUrl: endpoint ?? `https://dynamodb.${place}.amazonaws.com`,
    lambdaUrl: endpoint ?? `https://lambda.${place}.amazonaws.com`,
    outputs: stack.outputs,
    parameters: {},
    overrides: {},
    ignored: [],
    deliverTwice: cannot("order a message twice"),
    killEnvironment: cannot("kill a function"),
    // The account's functions keep running when this machine stops.
    enableMapping: async () => {},
    // Counts only: looking at a message means receiving it.
    look: () => urls.map((url) => lookAtQueue(sqs, url, false)),
    close: () => sqs.destroy(),
  });
  return { aws, environment: accountVariables(env) };
}
