import { readFile } from "node:fs/promises";
import { CreateTableCommand, DeleteTableCommand, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from "@aws-sdk/client-sqs";
import type { Message, SQSClient } from "@aws-sdk/client-sqs";
import { UsageError } from "#shared/command.ts";
import { startInspectServer } from "#shared/local-aws/inspection.ts";
import type { LocalAws } from "#shared/local-aws/start.ts";
import type { Stack } from "#shared/local-aws/template/stack.ts";
import { parseTemplate } from "#shared/local-aws/template/template.ts";
import { dynamoDbAt, sqsAt } from "./local-clients.ts";

/** What the launcher needs from an AWS, wherever it runs. */
export type SomeAws = Omit<LocalAws, "pid" | "processorMs"> & Partial<Pick<LocalAws, "pid" | "processorMs">>;

interface ElsewhereOptions {
  sqsUrl: string;
  dynamoDbUrl: string;
  templateFile: string;
  /** Parameters of the template. */
  parameters: Record<string, string>;
}

const notHere = (what: string) => async (): Promise<never> => {
  throw new UsageError(
    `Only the embedded AWS can ${what}; unset AWS_ENDPOINT_URL_SQS and _DYNAMODB to use it.`,
  );
};

/**
 * Creates a template's queues and tables in another emulator, and deletes them at the end. Throws a {@link UsageError} if the
 * emulator refuses something, after deleting what it had created, and for a template with a function: only the embedded AWS
 * runs TypeScript from here.
 */
export async function startElsewhere(options: ElsewhereOptions): Promise<SomeAws> {
  const { templateFile, parameters, sqsUrl, dynamoDbUrl } = options;
  // Each emulator's own: moto, LocalStack and ElasticMQ use different queue URLs, and all of them report theirs.
  const accountId = "123456789012";
  const urls = new Map<string, string>();
  const text = await readFile(templateFile, "utf8");
  const read = () =>
    parseTemplate(text, {
      file: templateFile,
      region: "us-east-1",
      accountId,
      parameters,
      queueUrl: (name) => urls.get(name) ?? `${sqsUrl}/${accountId}/${name}`,
    });
  const stack = read();
  if (stack.functions.length > 0) {
    throw new UsageError(
      "Expected a chapter without a function beside another emulator, got one with it: 01 to 03 run there.",
    );
  }
  const [sqs, dynamoDb] = [sqsAt(sqsUrl), dynamoDbAt(dynamoDbUrl)];
  const deletions: Created["deletions"] = [];
  const close = () => {
    sqs.destroy();
    dynamoDb.destroy();
  };
  try {
    await create(stack, { sqs, dynamoDb, urls, deletions });
  } catch (cause) {
    await Promise.allSettled(deletions.map((remove) => remove()));
    close();
    throw new UsageError(
      `Expected to create the chapter's queues and tables at ${sqsUrl} and ${dynamoDbUrl}, got: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        "Is the emulator there? If an earlier run was cut off, start the emulator anew. " +
        "To run on the embedded AWS, unset AWS_ENDPOINT_URL_SQS and AWS_ENDPOINT_URL_DYNAMODB, which name it.",
      { cause },
    );
  }
  // Read again, now that the queues' URLs are known.
  const { outputs, parameters: inForce, overrides, ignored } = read();
  return await otherAws({
    sqsUrl,
    dynamoDbUrl,
    lambdaUrl: "http://127.0.0.1:9",
    outputs,
    parameters: inForce,
    overrides,
    ignored,
    deliverTwice: notHere("deliver a message twice"),
    enableMapping: notHere("stop a function's polling"),
    killEnvironment: notHere("kill a function"),
    look: (withMessages) => [...urls.values()].map((url) => lookAtQueue(sqs, url, withMessages)),
    close: () => Promise.all(deletions.map((remove) => remove())).finally(close),
  });
}

interface Created {
  sqs: SQSClient;
  dynamoDb: DynamoDBClient;
  /** The URL of each queue by its name. */
  urls: Map<string, string>;
  deletions: (() => Promise<unknown>)[];
}

/** Creates one after the other and records each at once, so that a failure half-way can be undone. */
async function create({ queues, tables }: Stack, { sqs, dynamoDb, urls, deletions }: Created) {
  for (const { name, attributes } of queues) {
    const { QueueUrl: url = "" } = await sqs.send(
      new CreateQueueCommand({ QueueName: name, Attributes: attributes }),
    );
    deletions.push(() => sqs.send(new DeleteQueueCommand({ QueueUrl: url })));
    urls.set(name, url);
  }
  for (const table of tables) {
    const { TableName } = table;
    // The template reader has checked the words that these types list.
    type Table = ConstructorParameters<typeof CreateTableCommand>[0];
    await dynamoDb.send(new CreateTableCommand(table as Table));
    deletions.push(() => dynamoDb.send(new DeleteTableCommand({ TableName })));
    await waitUntilTableExists({ client: dynamoDb, maxWaitTime: 30 }, { TableName });
  }
}

/** An AWS other than the embedded one. Our inspection server shows its queues, through `look`. */
export async function otherAws({
  look,
  close,
  ...aws
}: Omit<SomeAws, "pid" | "inspectUrl" | "exited" | "stop"> & {
  look: (withMessages: boolean) => ReturnType<typeof lookAtQueue>[];
  close: () => unknown;
}): Promise<SomeAws> {
  const inspection = await startInspectServer(async ({ withMessages }) => ({
    atMs: Date.now(),
    queues: await Promise.all(look(withMessages)),
    functions: [],
  }));
  let ended = () => {};
  return {
    ...aws,
    inspectUrl: inspection.url,
    exited: new Promise((resolve) => {
      ended = resolve;
    }),
    stop: async () => {
      ended();
      await inspection.close();
      await close();
    },
  };
}

// Messages in flight may come back meanwhile, and a distributed queue doesn't show all its messages at once.
const looksWithinMs = 5_000;

/**
 * A queue as SQS's API shows it: approximate counts, and the bodies on request. Seeing a body means receiving it, so each look
 * uses up one of the message's receives, and makes it visible again at once. It looks for up to five seconds, or until it has
 * seen as many as were counted. It misses what others have in flight all that time.
 */
export async function lookAtQueue(sqs: SQSClient, url: string, withMessages: boolean) {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }),
  );
  const attributes: Record<string, string> = Attributes ?? {};
  const policy = attributes["RedrivePolicy"];
  const { maxReceiveCount } = JSON.parse(policy ?? "{}") as { maxReceiveCount?: unknown };
  const count = (end: string) => Number(attributes[`ApproximateNumberOfMessages${end}`] ?? 0);
  return {
    name: url.split("/").at(-1) ?? url,
    url,
    arn: attributes["QueueArn"] ?? "",
    ...(maxReceiveCount !== undefined && { maxReceiveCount: Number(maxReceiveCount) }),
    visible: count(""),
    inFlight: count("NotVisible"),
    delayed: count("Delayed"),
    // Only CloudWatch knows it, minutes later.
    oldestAgeSeconds: 0,
    messages: withMessages ? await bodies(sqs, url, count("") + count("NotVisible") + count("Delayed")) : [],
  };
}

async function bodies(sqs: SQSClient, url: string, expected: number) {
  const seen = new Map<string, Message>();
  const untilMs = performance.now() + looksWithinMs;
  while (seen.size < expected && performance.now() < untilMs) {
    const { Messages: messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 0,
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ["All"],
      }),
    );
    messages.forEach((message) => seen.set(message.MessageId ?? "", message));
  }
  return [...seen.values()].map(({ MessageId, Body, Attributes: attributes }) => ({
    messageId: MessageId ?? "",
    body: Body ?? "",
    receiveCount: Number(attributes?.ApproximateReceiveCount ?? 0),
    state: "visible" as const,
    sentAtMs: Number(attributes?.SentTimestamp ?? 0),
  }));
}
