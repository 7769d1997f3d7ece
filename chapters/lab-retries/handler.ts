// The function's code. Lambda calls it with one event at a time, and at most three times with each (template.yaml).
import { parseActivation } from "#shared/activation.ts";
import { createDynamoDb } from "#shared/aws.ts";
import { readConfig, variables } from "#shared/config.ts";
import { createVendor } from "#shared/vendor.ts";
import { createTickets } from "./tickets.ts";

const config = readConfig({ VENDOR_URL: variables.url, ACTIVATIONS_TABLE: variables.text });

const tickets = createTickets({ dynamoDb: createDynamoDb(), tableName: config.ACTIVATIONS_TABLE });
const provision = createVendor({ vendorUrl: config.VENDOR_URL });

/** Activates one device. If it throws, Lambda counts a function error, and retries or gives up. */
export const handler = async (event: unknown): Promise<void> => {
  const activation = parseActivation(JSON.stringify(event));
  await provision(activation);
  // Lambda doesn't tell us which attempt this is, so we can't write "failed" on the last one: a ticket whose event is
  // set aside says "accepted" forever. A real system has a second function that reads the dead-letter queue.
  await tickets.activate(activation);
};
