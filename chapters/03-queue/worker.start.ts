// The worker's process: polls the queue and activates one device at a time. `npm run chapter 03` starts it.
import { onStop, tellReady } from "#shared/child.ts";
import { DeleteMessageCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { Message } from "@aws-sdk/client-sqs";
import { parseActivation } from "#shared/activation.ts";
import { createDynamoDb, createSqs } from "#shared/aws.ts";
import { readConfig, variables } from "#shared/config.ts";
import { createVendor } from "#shared/vendor.ts";
import { createTickets } from "./tickets.ts";

// The longest that SQS allows: an empty queue costs three requests a minute, and a new message is delivered at once.
const waitTimeSeconds = 20;

const config = readConfig({
  VENDOR_URL: variables.url,
  ACTIVATIONS_TABLE: variables.text,
  QUEUE_URL: variables.url,
});

const sqs = createSqs({ longestPollSeconds: waitTimeSeconds });
const tickets = createTickets({ dynamoDb: createDynamoDb(), tableName: config.ACTIVATIONS_TABLE });
const provision = createVendor({ vendorUrl: config.VENDOR_URL });

const stopping = new AbortController();
onStop(() => stopping.abort());
tellReady();

while (!stopping.signal.aborted) {
  for (const message of await receive()) {
    await settle(message);
  }
}

async function receive(): Promise<Message[]> {
  const poll = new ReceiveMessageCommand({
    QueueUrl: config.QUEUE_URL,
    MaxNumberOfMessages: 1,
    WaitTimeSeconds: waitTimeSeconds,
  });
  try {
    const { Messages: messages = [] } = await sqs.send(poll, { abortSignal: stopping.signal });
    return messages;
  } catch (error) {
    if (stopping.signal.aborted) {
      return [];
    }
    // A worker is useless without its queue, so it exits, and its launcher starts it again.
    throw error;
  }
}

async function settle({
  MessageId: messageId,
  Body: body = "",
  ReceiptHandle: receiptHandle,
}: Message): Promise<void> {
  try {
    const activation = parseActivation(body);
    const deletion = new DeleteMessageCommand({ QueueUrl: config.QUEUE_URL, ReceiptHandle: receiptHandle });
    // TASK 2: delete when the device works
    // As in 02, from here on only this process's memory has the work. Delete the message when the work is done.
    await sqs.send(deletion);
    await provision(activation);
    await tickets.activate(activation);
    // END OF TASK 2
  } catch (error) {
    console.error("activation failed, SQS delivers it again when its visibility timeout ends", {
      messageId,
      error,
    });
  }
}
