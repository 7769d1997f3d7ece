// The function's code. Lambda polls the queue and calls it with up to BatchSize messages (template.yaml).
import { randomUUID } from "node:crypto";
import { ChangeMessageVisibilityCommand } from "@aws-sdk/client-sqs";
import type { Context, SQSBatchItemFailure, SQSHandler, SQSRecord } from "aws-lambda";
import { parseActivation } from "#shared/activation.ts";
import { createDynamoDb, createSqs } from "#shared/aws.ts";
import { readConfig, variables } from "#shared/config.ts";
import { createVendor, VendorSilentError } from "#shared/vendor.ts";
import { createLeases, LeaseHeldError } from "./lease.ts";
import { createTickets } from "./tickets.ts";

const config = readConfig({
  VENDOR_URL: variables.url,
  ACTIVATIONS_TABLE: variables.text,
  QUEUE_URL: variables.url,
  MAX_RECEIVE_COUNT: variables.count,
});

const sqs = createSqs();
const table = { dynamoDb: createDynamoDb(), tableName: config.ACTIVATIONS_TABLE };
const tickets = createTickets(table);
const leases = createLeases(table);
// A lease can't stop a vendor call that has begun. Only the vendor can avoid the duplicate, if it honours our key.
const provision = createVendor({ vendorUrl: config.VENDOR_URL, sendIdempotencyKey: true });

// How long to leave the vendor alone after the first, second, ... failure. These waits plus the attempts
// are the longest outage that we survive. A real system waits minutes, and adds jitter.
const backoffSeconds = [1, 1, 2, 2];

// Lambda kills a function that overruns its timeout, but not to the millisecond.
const leaseMarginMs = 500;

/** Activates the devices of one batch, all at once, and names the messages that failed. */
export const handler: SQSHandler = async ({ Records: records }, context) => {
  const batchItemFailures: SQSBatchItemFailure[] = [];
  const settle = async (record: SQSRecord) => {
    try {
      await activateOnce(record, context);
    } catch (error) {
      console.error("activation failed", { messageId: record.messageId, error });
      batchItemFailures.push({ itemIdentifier: record.messageId });
      await prepareNextDelivery(record, error).catch((cause: unknown) => {
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

/** One at a time: only the holder of the lease calls the vendor. Another delivery comes back when the lease ends. */
async function activateOnce(record: SQSRecord, context: Context): Promise<void> {
  const activation = parseActivation(record.body);
  const expiresAtMs = Date.now() + context.getRemainingTimeInMillis() + leaseMarginMs;
  const lease = { ...activation, owner: randomUUID(), expiresAtMs };
  if ((await leases.acquire(lease)) === "done") {
    return;
  }
  try {
    await provision(activation);
  } catch (error) {
    if (error instanceof VendorSilentError) {
      // The vendor may still be working, so no one may retry before the lease ends, and that includes us.
      throw new LeaseHeldError(activation.eventId, expiresAtMs, { cause: error });
    }
    await leases.release(lease, isLastReceive(record) ? "failed" : "accepted");
    throw error;
  }
  // Also if the lease has ended meanwhile: the device does work.
  await tickets.activate(activation);
}

/** SQS has no backoff, so we change this message's visibility timeout. */
async function prepareNextDelivery(record: SQSRecord, error: unknown): Promise<void> {
  const backoff = backoffSeconds[Number(record.attributes.ApproximateReceiveCount) - 1] ?? 0;
  // After the last receive there is nothing to wait for: SQS sets the message aside on the next poll.
  const seconds = isLastReceive(record) ? 0 : backoff;
  await sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: config.QUEUE_URL,
      ReceiptHandle: record.receiptHandle,
      VisibilityTimeout: error instanceof LeaseHeldError ? secondsUntil(error.untilMs) : seconds,
    }),
  );
}

// Rounded up: a message that comes back too early finds the lease still held.
function secondsUntil(untilMs: number): number {
  return Math.max(1, Math.ceil((untilMs - Date.now()) / 1_000));
}

function isLastReceive({ attributes }: SQSRecord): boolean {
  return Number(attributes.ApproximateReceiveCount) >= config.MAX_RECEIVE_COUNT;
}
