import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  waitUntilStackDeleteComplete,
} from "@aws-sdk/client-cloudformation";
import {
  paginateGetResources,
  ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { BatchWriteCommand, DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { batchWrite } from "#shared/batch-write.ts";
import { UsageError } from "#shared/command.ts";
import { deviceAt } from "#shared/devices.ts";
import { environmentName } from "#shared/local-aws/template/template.ts";

// No client is destroyed: a command ends even if the SDK keeps idle connections.

/** The tag on everything that belongs to one of our stacks. Its value is the stack's name. */
export const tagKey = "take-a-ticket";

/** A stack as CloudFormation describes it. */
export interface FoundStack {
  name: string;
  /** `CREATE_COMPLETE`, `ROLLBACK_COMPLETE` ... */
  status: string;
  /** As environment variables: `QueueUrl` -> `QUEUE_URL`. */
  outputs: Record<string, string>;
  parameters: Record<string, string>;
  /** Whether it has our tag. We must not touch another owner's stack of the same name. */
  isOurs: boolean;
}

/** The stack of this name. Undefined if the account and region have none. */
export async function findStack(name: string): Promise<FoundStack | undefined> {
  const client = new CloudFormationClient({});
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return (
      stack && {
        name,
        status: stack.StackStatus ?? "",
        outputs: Object.fromEntries(
          (stack.Outputs ?? []).map(({ OutputKey: key = "", OutputValue: value = "" }) => [
            environmentName(key),
            besideEmulator(value),
          ]),
        ),
        parameters: Object.fromEntries(
          (stack.Parameters ?? []).map(({ ParameterKey: key = "", ParameterValue: value = "" }) => [
            key,
            value,
          ]),
        ),
        isOurs: (stack.Tags ?? []).some(({ Key: key, Value: value }) => key === tagKey && value === name),
      }
    );
  } catch (error) {
    // The API has no other way to say so.
    if (error instanceof Error && /does not exist/.test(error.message)) {
      return undefined;
    }
    throw error;
  }
}

/** The stack, if it exists and is ours. Throws a {@link UsageError}. */
export function needStack(found: FoundStack | undefined, name: string): FoundStack {
  if (found === undefined) {
    throw new UsageError(
      `Expected the stack ${name} in this account and region, found none; \`npm run cloud deploy\` makes it, \`stack=NAME\` and \`region=...\` name another.`,
    );
  }
  // A deployment that was given up before its first resource leaves an empty stack without tags.
  if (!found.isOurs && found.status !== "REVIEW_IN_PROGRESS") {
    throw new UsageError(
      `The stack ${name} has no tag ${tagKey}=${name}: it isn't ours; choose another \`stack=NAME\`.`,
    );
  }
  return found;
}

/** The stack, if it is complete, at rest and ours. Throws a {@link UsageError}. */
export function needWholeStack(found: FoundStack | undefined, name: string): FoundStack {
  const stack = needStack(found, name);
  if (!/^(?:CREATE|UPDATE)_COMPLETE$|^UPDATE_ROLLBACK_COMPLETE$/.test(stack.status)) {
    throw new UsageError(
      `The stack ${name} is half-created or at work (${stack.status}); wait, or take it down with \`npm run cloud remove\`, and deploy again.`,
    );
  }
  return stack;
}

/**
 * An SQS client follows the queue's URL. An emulator of CloudFormation (moto) gives it AWS's host, so if the variables name an
 * endpoint, such a URL is moved there: a command for an emulator must not reach AWS.
 */
function besideEmulator(value: string): string {
  // oxlint-disable-next-line node/no-process-env -- the SDK's clients look for it there
  const endpoint = process.env["AWS_ENDPOINT_URL_SQS"] ?? process.env["AWS_ENDPOINT_URL"];
  return endpoint === undefined
    ? value
    : value.replace(/^https:\/\/sqs\.[^/]+\.amazonaws\.com(?=\/)/, endpoint.replace(/\/$/, ""));
}

/** Fills a stack's inventory, and resets the same devices if they exist. Throws if DynamoDB leaves some unprocessed. */
export async function seedStack(tableName: string, devices: number): Promise<void> {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  const puts = Array.from({ length: devices }, (_, index) => ({ PutRequest: { Item: deviceAt(index) } }));
  await batchWrite(tableName, puts, (RequestItems) => client.send(new BatchWriteCommand({ RequestItems })));
}

/** Deletes a stack and waits for ten minutes at most. Throws with the reason why resources could not be deleted. */
export async function deleteStack(name: string): Promise<void> {
  const client = new CloudFormationClient({});
  await client.send(new DeleteStackCommand({ StackName: name }));
  await waitUntilStackDeleteComplete({ client, maxWaitTime: 600 }, { StackName: name }).catch(
    async (cause: unknown) => {
      const { StackEvents: events = [] } = await client.send(
        new DescribeStackEventsCommand({ StackName: name }),
      );
      const reasons = events
        .filter(({ ResourceStatus: status }) => status === "DELETE_FAILED")
        .map(({ LogicalResourceId: id, ResourceStatusReason: reason }) => `${id}: ${reason}`);
      throw new Error(
        `Expected the stack ${name} to be deleted within ten minutes, but it is not: ${reasons.join("; ") || "no reason was given"}. ` +
          "Fix that and run the same command again.",
        { cause },
      );
    },
  );
}

/** The ARNs of everything that still has this stack's tag. */
export async function findTagged(name: string): Promise<string[]> {
  const client = new ResourceGroupsTaggingAPIClient({});
  const found: string[] = [];
  const pages = paginateGetResources({ client }, { TagFilters: [{ Key: tagKey, Values: [name] }] });
  for await (const { ResourceTagMappingList: resources = [] } of pages) {
    found.push(...resources.map(({ ResourceARN: arn = "" }) => arn));
  }
  return found;
}
