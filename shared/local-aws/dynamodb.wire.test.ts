import { afterEach, expect, it } from "vitest";
import { startDynamoDb } from "./dynamodb.ts";
import type { LocalDynamoDb } from "./dynamodb.ts";

let dynamoDb: LocalDynamoDb;
afterEach(() => dynamoDb.close());

it("says so if a table can't be created", async () => {
  dynamoDb = await startDynamoDb();
  const table = {
    TableName: "activations",
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "eventId", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "eventId", KeyType: "HASH" }],
  };
  await dynamoDb.createTable(table);

  await expect(dynamoDb.createTable(table)).rejects.toThrow(
    /^DynamoDB refused CreateTable: .*ResourceInUseException/,
  );
});
