// The API's process. `npm run chapter 08` starts it; on AWS api-function.ts takes its place.
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
});

const dynamoDb = createDynamoDb();
const inventory = createInventory({ dynamoDb, tableName: config.DEVICES_TABLE });
const tickets = createTickets({ dynamoDb, tableName: config.ACTIVATIONS_TABLE });

serve(createApi({ inventory, tickets, sqs: createSqs(), queueUrl: config.QUEUE_URL }), config.PORT);
