// The API's process. `npm run chapter lab-fifo` starts it, with the vendor and the embedded AWS beside it.
import "#shared/child.ts";
import { createDynamoDb, createSqs } from "#shared/aws.ts";
import { readConfig, variables } from "#shared/config.ts";
import { serve } from "#shared/http.ts";
import { createInventory } from "#shared/inventory.ts";
import { createApi } from "./api.ts";
import { createTickets } from "./tickets.ts";

const config = readConfig({
  PORT: variables.port,
  DEVICES_TABLE: variables.text,
  ACTIVATIONS_TABLE: variables.text,
  QUEUE_URL: variables.url,
  MESSAGE_GROUP: variables.text,
});

const dynamoDb = createDynamoDb();
const inventory = createInventory({ dynamoDb, tableName: config.DEVICES_TABLE });
const tickets = createTickets({ dynamoDb, tableName: config.ACTIVATIONS_TABLE });

const { QUEUE_URL: queueUrl, MESSAGE_GROUP: messageGroup } = config;

serve(createApi({ inventory, tickets, sqs: createSqs(), queueUrl, messageGroup }), config.PORT);
