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
      // #region task 2: name the messages that failed
      batchItemFailures.push({ itemIdentifier: record.messageId });
      // #until-then
      // // A failed message stays in the queue, as in 03, but all others of its batch stay with it.
      // throw error;
      // #endregion
    }
  };
  // #region task 1: work on the whole batch at once
  await Promise.all(records.map(settle));
  // #until-then
  // // As the worker of 03: one after the other.
  // for (const record of records) {
  //   await settle(record);
  // }
  // #endregion
  // Lambda deletes every message that is not named here: forgetting one loses it, and throwing repeats them all.
  return { batchItemFailures };
};
