// The function's code. Lambda calls it with one event at a time, and three times at most (template.yaml).
import { parseActivation } from "#shared/activation.ts";
import { createDynamoDb } from "#shared/aws.ts";
import { readConfig, variables } from "#shared/config.ts";
import { createVendor } from "#shared/vendor.ts";
import { createTickets } from "./tickets.ts";

const config = readConfig({ VENDOR_URL: variables.url, ACTIVATIONS_TABLE: variables.text });

const tickets = createTickets({ dynamoDb: createDynamoDb(), tableName: config.ACTIVATIONS_TABLE });
const provision = createVendor({ vendorUrl: config.VENDOR_URL });

/** Activates one device. What it throws is a function error, after which Lambda tries again or gives up. */
export const handler = async (event: unknown): Promise<void> => {
  const activation = parseActivation(JSON.stringify(event));
  await provision(activation);
  // Nothing tells us which attempt this is, so we can't write "failed" on the last one: a ticket whose event is set
  // aside says "accepted" forever. A real system lets a second function read the dead-letter queue.
  await tickets.activate(activation);
};
