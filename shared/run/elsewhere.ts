import { readFile } from "node:fs/promises";
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { CreateQueueCommand, DeleteQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { LocalAws } from "#shared/local-aws/start.ts";
import { startInspectServer } from "#shared/local-aws/inspection.ts";
import { parseTemplate } from "#shared/local-aws/template/template.ts";
import { UsageError } from "#shared/command.ts";
import type { Endpoints } from "./endpoints.ts";
import { lookAtQueue } from "./queues.ts";

/** What the launcher needs of an AWS, wherever it is. */
export type SomeAws = Omit<LocalAws, "pid"> & { pid?: number };

interface ElsewhereOptions extends Endpoints {
  templateFile: string;
  parameters: Record<string, string>;
}

const place = { region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } };
const notHere = (what: string) => async (): Promise<never> => {
  throw new UsageError(
    `Only the embedded AWS can ${what}; unset AWS_ENDPOINT_URL_SQS and _DYNAMODB to use it.`,
  );
};

/**
 * Creates a template's queues and tables in another emulator, and deletes them at the end. Throws a {@link UsageError},
 * with nothing left there that it has made, if the emulator does not do it, and for a template with a function: an
 * emulator that runs TypeScript from here is the embedded one.
 */
export async function startElsewhere(options: ElsewhereOptions): Promise<SomeAws> {
  const { templateFile, parameters, sqsUrl, dynamoDbUrl } = options;
  // Emulators' own: moto, LocalStack and ElasticMQ differ in where a queue is, and all tell.
  const accountId = "123456789012";
  const urls = new Map<string, string>();
  const text = await readFile(templateFile, "utf8");
  const read = () =>
    parseTemplate(text, {
      file: templateFile,
      region: place.region,
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
  const sqs = new SQSClient({ endpoint: sqsUrl, ...place });
  const dynamoDb = new DynamoDBClient({ endpoint: dynamoDbUrl, ...place });
  const deletions: (() => Promise<unknown>)[] = [];
  const close = () => {
    sqs.destroy();
    dynamoDb.destroy();
  };
  try {
    for (const { name, attributes } of stack.queues) {
      const create = new CreateQueueCommand({ QueueName: name, Attributes: attributes });
      const { QueueUrl: url = "" } = await sqs.send(create);
      deletions.push(() => sqs.send(new DeleteQueueCommand({ QueueUrl: url })));
      urls.set(name, url);
    }
    for (const table of stack.tables) {
      const { TableName } = table;
      // The template's reader has checked the words that these types list.
      type Table = ConstructorParameters<typeof CreateTableCommand>[0];
      await dynamoDb.send(new CreateTableCommand(table as Table));
      deletions.push(() => dynamoDb.send(new DeleteTableCommand({ TableName })));
      await waitUntilTableExists({ client: dynamoDb, maxWaitTime: 30 }, { TableName });
    }
  } catch (cause) {
    await Promise.allSettled(deletions.map((remove) => remove()));
    close();
    throw new UsageError(
      `Expected to create the chapter's queues and tables at ${sqsUrl} and ${dynamoDbUrl}, got: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        "Is the emulator there? If an earlier run was cut off, start the emulator anew.",
      { cause },
    );
  }
  const queueUrls = [...urls.values()];
  const inspection = await startInspectServer(async ({ withMessages }) => ({
    atMs: Date.now(),
    queues: await Promise.all(queueUrls.map((url) => lookAtQueue(sqs, url, withMessages))),
    functions: [],
  }));
  const { outputs, parameters: inForce, overrides, ignored } = read();
  let ended = () => {};
  return {
    sqsUrl,
    dynamoDbUrl,
    lambdaUrl: "http://127.0.0.1:9",
    inspectUrl: inspection.url,
    outputs,
    parameters: inForce,
    overrides,
    ignored,
    deliverTwice: notHere("deliver a message twice"),
    enableMapping: notHere("stop a function's polling"),
    killEnvironment: notHere("kill a function"),
    exited: new Promise((resolve) => {
      ended = resolve;
    }),
    stop: async () => {
      ended();
      await inspection.close();
      await Promise.all(deletions.map((remove) => remove())).finally(close);
    },
  };
}
