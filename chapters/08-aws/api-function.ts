// The API as a function: the same Express app as in main.ts, behind API Gateway instead of a port.
import type { APIGatewayProxyHandlerV2 } from "aws-lambda";
import serverless from "serverless-http";
import { createDynamoDb, createSqs } from "#shared/aws.ts";
import { readConfig, variables } from "#shared/config.ts";
import { createInventory } from "#shared/inventory.ts";
import { createApi } from "./api.ts";
import { refuseWithoutKey } from "./key.ts";
import { createTickets } from "./tickets.ts";

const config = readConfig({
  DEVICES_TABLE: variables.text,
  ACTIVATIONS_TABLE: variables.text,
  QUEUE_URL: variables.url,
  API_KEY: variables.text,
});

// Outside the handler: created once per environment, at its cold start, and shared by all its requests.
const dynamoDb = createDynamoDb();
const inventory = createInventory({ dynamoDb, tableName: config.DEVICES_TABLE });
const tickets = createTickets({ dynamoDb, tableName: config.ACTIVATIONS_TABLE });
const answer = serverless(createApi({ inventory, tickets, sqs: createSqs(), queueUrl: config.QUEUE_URL }));

/** Answers one request of API Gateway (payload format 2.0) with the Express app. */
export const handler: APIGatewayProxyHandlerV2 = async (event, context) =>
  refuseWithoutKey(event, config.API_KEY) ?? (await answer(event, context));
