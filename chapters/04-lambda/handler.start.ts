// The function's code. Lambda polls the queue and calls it with up to BatchSize messages (template.yaml).
import type { SQSBatchItemFailure, SQSHandler, SQSRecord } from "aws-lambda";
import { parseActivation } from "#shared/activation.ts";
import { createDynamoDb } from "#shared/aws.ts";
import { readConfig, variables } from "#shared/config.ts";
import { createVendor } from "#shared/vendor.ts";
import { createTickets } from "./tickets.ts";

const config = readConfig({ VENDOR_URL: variables.url, ACTIVATIONS_TABLE: variables.text });

const tickets = createTickets({ dynamoDb: createDynamoDb(), tableName: config.ACTIVATIONS_TABLE });
const provision = createVendor({ vendorUrl: config.VENDOR_URL });

/** Activates the devices of one batch, all at once, and names the messages that failed. */
export const handler: SQSHandler = async ({ Records: records }) => {
  const batchItemFailures: SQSBatchItemFailure[] = [];
  const settle = async (record: SQSRecord) => {
    try {
      const activation = parseActivation(record.body);
      await provision(activation);
      await tickets.activate(activation);
    } catch (error) {
      console.error("activation failed, SQS delivers it again", { messageId: record.messageId, error });
      // TASK 2: name the messages that failed
      // As in 03, a failed message stays in the queue, but now its whole batch stays with it. Name only this message.
      throw error;
      // END OF TASK 2
    }
  };
  // TASK 1: work on the whole batch at once
  // As in 03, we work on one message after the other. Work on all of them at once, and wait for all.
  for (const record of records) {
    await settle(record);
  }
  // END OF TASK 1
  // Lambda deletes every message that is not named here. Forget one, and it is lost; throw, and all of them come back.
  return { batchItemFailures };
};
