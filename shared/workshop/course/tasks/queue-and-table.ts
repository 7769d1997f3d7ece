import { ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Activation } from "#shared/activation.ts";
import { dynamoDbAt, sqsAt } from "#shared/run/local-clients.ts";
import type { RunningChapter } from "#shared/run/running-chapter.ts";
import type { Stage } from "#shared/stage/stage.ts";
import { otherwise } from "#shared/workshop/course/task.ts";
import { askFor } from "./ticket.ts";

// The SDK's warning about Node 20 would hide what the check found.
// oxlint-disable-next-line node/no-process-env -- the SDK reads it there and nowhere else
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

/** SDK clients of a chapter's embedded AWS that bypass the proxies. */
export function clientsOf({ sqsUrl, dynamoDbUrl }: RunningChapter) {
  return { sqs: sqsAt(sqsUrl), dynamoDb: DynamoDBDocumentClient.from(dynamoDbAt(dynamoDbUrl)) };
}

/** Puts messages into the queue without the API. */
export async function sendMessages({ running }: Stage, ...activations: Activation[]): Promise<void> {
  const { sqs } = clientsOf(running);
  const bodies = activations.map((activation) => JSON.stringify(activation));
  const QueueUrl = running.outputs["QUEUE_URL"];
  await Promise.all(bodies.map((MessageBody) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }))));
}

/** Waits until someone works on a requested device. */
export async function workBegins(stage: Stage, index: number): Promise<void> {
  await otherwise(stage.openCall(index), {
    did: "asked for an activation, and watched the vendor",
    expected: "a call within 5 s",
    saw: "none: no one works on the message",
    why: "if no one works on the message, the device never works",
  });
}

/** Sends activations whose messages wait together. Turns the consumers off first, and leaves them off. */
export async function fillQueue(stage: Stage, count: number): Promise<{ index: number; eventId: string }[]> {
  await stage.running.setConsumers(false);
  const asked = Array.from({ length: count }, () => stage.newDevice());
  return await Promise.all(asked.map(async (index) => ({ index, eventId: await askFor(stage, index) })));
}

/** Counts deliveries of the only waiting message, by receiving it and doing nothing. The consumers are off. */
export async function countDeliveries({ running }: Stage, times: number): Promise<void> {
  const { sqs } = clientsOf(running);
  const QueueUrl = running.outputs["QUEUE_URL"];
  for (let time = 0; time < times; time += 1) {
    await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0, WaitTimeSeconds: 1 }));
  }
}

/** Whether one of the chapter's queues, or the one at `queueUrl`, has the message of an activation. */
export async function isQueued(stage: Stage, eventId: string, queueUrl?: string): Promise<boolean> {
  const { queues } = await stage.inspect();
  return queues
    .filter(({ url }) => queueUrl === undefined || url === queueUrl)
    .flatMap(({ messages }) => messages)
    .some(({ body }) => body.includes(eventId));
}

/** Whether the function has finished all its invocations. */
export async function isIdle(stage: Stage): Promise<boolean> {
  const { functions } = await stage.inspect();
  return functions.every(({ environments }) => environments.every(({ state }) => state === "idle"));
}

/** The name of the table of tickets. */
export const tableOf = (stage: Stage): string => stage.running.outputs["ACTIVATIONS_TABLE"] ?? "";
