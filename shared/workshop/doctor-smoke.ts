import { join } from "node:path";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { startLocalAws } from "#shared/local-aws/start.ts";
import type { LocalAws } from "#shared/local-aws/start.ts";
import { projectFolder } from "#shared/run/chapters.ts";

const local = { region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } };

/** Starts the embedded AWS with chapter 03's queue and tables, and sends a message through. */
export async function smokeTest(): Promise<{ found: string; mend?: string }> {
  const startedAtMs = performance.now();
  let aws: LocalAws | undefined;
  try {
    aws = await startLocalAws({ templateFile: join(projectFolder, "chapters", "03-queue", "template.yaml") });
    await sendThrough(aws);
    const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
    return { found: `starts and passes a message on, in ${seconds} s` };
  } catch (error) {
    return {
      found: error instanceof Error ? error.message : String(error),
      mend: "Mend what is above first; else delete the folder node_modules and type `npm ci`.",
    };
  } finally {
    await aws?.stop();
  }
}

async function sendThrough({ sqsUrl, dynamoDbUrl, outputs }: LocalAws): Promise<void> {
  const sqs = new SQSClient({ ...local, endpoint: sqsUrl });
  const dynamoDb = new DynamoDBClient({ ...local, endpoint: dynamoDbUrl });
  const queue = { QueueUrl: outputs["QUEUE_URL"] };
  try {
    await sqs.send(new SendMessageCommand({ ...queue, MessageBody: "well?" }));
    const { Messages: messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ ...queue, WaitTimeSeconds: 2 }),
    );
    const [message] = messages;
    if (message?.Body !== "well?") {
      throw new Error("A message was sent to the embedded queue, and did not come back");
    }
    await sqs.send(new DeleteMessageCommand({ ...queue, ReceiptHandle: message.ReceiptHandle }));
    const { TableNames: tables = [] } = await dynamoDb.send(new ListTablesCommand({}));
    if (tables.length < 2) {
      throw new Error(`Expected chapter 03's two tables in the embedded DynamoDB, found ${tables.length}`);
    }
  } finally {
    sqs.destroy();
    dynamoDb.destroy();
  }
}
