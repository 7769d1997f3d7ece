// The simulated vendor as a function. It is another company's system, here only because a function can't call your laptop.
import type { APIGatewayProxyHandlerV2 } from "aws-lambda";
import { createDynamoDb } from "#shared/aws.ts";
import { readConfig, variables } from "#shared/config.ts";
import { createVendorFunction } from "#shared/vendor-simulator/function.ts";
import { refuseWithoutKey } from "./key.ts";

const config = readConfig({
  VENDOR_TABLE: variables.text,
  VENDOR_KEY: variables.text,
  CAPACITY: variables.count,
});

const answer = createVendorFunction({
  dynamoDb: createDynamoDb(),
  tableName: config.VENDOR_TABLE,
  capacity: config.CAPACITY,
});

export const handler: APIGatewayProxyHandlerV2 = async (event) =>
  refuseWithoutKey(event, config.VENDOR_KEY) ?? (await answer(event));
