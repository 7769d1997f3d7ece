import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { batchWrite } from "#shared/batch-write.ts";
import { deviceAt } from "#shared/devices.ts";

/** Fills the inventory of a stack; what is there of the same devices is as new. Throws if DynamoDB leaves some undone. */
export async function seedStack(tableName: string, devices: number): Promise<void> {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  const puts = Array.from({ length: devices }, (_, index) => ({ PutRequest: { Item: deviceAt(index) } }));
  try {
    await batchWrite(client, tableName, puts);
  } finally {
    client.destroy();
  }
}
