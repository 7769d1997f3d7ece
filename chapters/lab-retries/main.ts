// The API's process. `npm run chapter lab-retries` starts it, with the vendor and the embedded AWS beside it.
import "#shared/child.ts";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { createDynamoDb } from "#shared/aws.ts";
import { readConfig, variables } from "#shared/config.ts";
import { serve } from "#shared/http.ts";
import { createInventory } from "#shared/inventory.ts";
import { createApi } from "./api.ts";
import { createTickets } from "./tickets.ts";

const config = readConfig({
  PORT: variables.port,
  DEVICES_TABLE: variables.text,
  ACTIVATIONS_TABLE: variables.text,
  ACTIVATION_FUNCTION: variables.text,
});

const dynamoDb = createDynamoDb();
const inventory = createInventory({ dynamoDb, tableName: config.DEVICES_TABLE });
const tickets = createTickets({ dynamoDb, tableName: config.ACTIVATIONS_TABLE });
// As patient as the other clients: one second and one retry.
const lambda = new LambdaClient({
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 1_000, throwOnRequestTimeout: true },
});

serve(createApi({ inventory, tickets, lambda, functionName: config.ACTIVATION_FUNCTION }), config.PORT);
