// The function's code. Lambda polls the queue and calls it with up to BatchSize messages (template.yaml).
import { ChangeMessageVisibilityCommand } from "@aws-sdk/client-sqs";
import type { SQSBatchItemFailure, SQSHandler, SQSRecord } from "aws-lambda";
import { parseActivation } from "#shared/activation.ts";
import type { Activation } from "#shared/activation.ts";
import { createDynamoDb, createSqs } from "#shared/aws.ts";
import { readConfig, variables } from "#shared/config.ts";
import { createVendor } from "#shared/vendor.ts";
import { createTickets } from "./tickets.ts";

const config = readConfig({
  VENDOR_URL: variables.url,
  ACTIVATIONS_TABLE: variables.text,
  QUEUE_URL: variables.url,
  MAX_RECEIVE_COUNT: variables.count,
});

const sqs = createSqs();
const tickets = createTickets({ dynamoDb: createDynamoDb(), tableName: config.ACTIVATIONS_TABLE });
const provision = createVendor({ vendorUrl: config.VENDOR_URL });

// How long to leave the vendor alone after the first, second, ... failure. These waits plus the attempts
// are the longest outage that we survive. A real system waits minutes, and adds jitter.
const backoffSeconds = [1, 1, 2, 2];

/** Activates the devices of one batch, all at once, and names the messages that failed. */
export const handler: SQSHandler = async ({ Records: records }) => {
  const batchItemFailures: SQSBatchItemFailure[] = [];
  const settle = async (record: SQSRecord) => {
    try {
      await activateOnce(parseActivation(record.body));
    } catch (error) {
      console.error("activation failed", { messageId: record.messageId, error });
      batchItemFailures.push({ itemIdentifier: record.messageId });
      await prepareNextDelivery(record).catch((cause: unknown) => {
        console.error("the visibility timeout decides when it comes again", {
          messageId: record.messageId,
          cause,
        });
      });
    }
  };
  await Promise.all(records.map(settle));
  // Lambda deletes every message that is not named here. Forget one, and it is lost; throw, and all of them come back.
  return { batchItemFailures };
};

/** The talk's guard: read the ticket; if no one has called the vendor yet, call it, else return. */
async function activateOnce(activation: Activation): Promise<void> {
  const ticket = await tickets.read(activation.eventId);
  // Between this answer and the write below another delivery may read the same "not yet". A consistent read, as this is,
  // doesn't help. And a return is a success: Lambda deletes the message, even if a crash left "provisioning" behind.
  if (ticket?.status === "provisioning" || ticket?.status === "active") {
    return;
  }
  await tickets.mark(activation, "provisioning");
  try {
    await provision(activation);
  } catch (error) {
    // Otherwise the next delivery would find "provisioning" and return, and the work would be lost.
    await tickets.mark(activation, "accepted");
    throw error;
  }
  await tickets.activate(activation);
}

/** SQS has no backoff, so we change this message's visibility timeout. */
async function prepareNextDelivery(record: SQSRecord): Promise<void> {
  const backoff = backoffSeconds[Number(record.attributes.ApproximateReceiveCount) - 1] ?? 0;
  await sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: config.QUEUE_URL,
      ReceiptHandle: record.receiptHandle,
      // After the last receive there is nothing to wait for: SQS sets the message aside on the next poll.
      VisibilityTimeout: isLastReceive(record) ? 0 : backoff,
    }),
  );
  if (isLastReceive(record)) {
    await tickets.mark(parseActivation(record.body), "failed");
  }
}

function isLastReceive({ attributes }: SQSRecord): boolean {
  return Number(attributes.ApproximateReceiveCount) >= config.MAX_RECEIVE_COUNT;
}
