import { randomUUID } from "node:crypto";
import { ConditionalCheckFailedException, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** A device in the hands of the customer who asked for it. */
export interface ClaimedDevice {
  /** Names this activation for ever: the first claim's, however often it is claimed again. */
  eventId: string;
  /** Whether somebody had claimed it before, so that a ticket may exist. */
  repeated: boolean;
  /** When the device began to work, where the inventory itself keeps it (chapter 01 only). */
  activatedAtMs?: number;
}

/** The inventory has no such device. */
export class UnknownDeviceError extends Error {
  override readonly name = "UnknownDeviceError";
}

/** The device belongs to another customer. */
export class DeviceOfAnotherCustomerError extends Error {
  override readonly name = "DeviceOfAnotherCustomerError";
}

export type Inventory = ReturnType<typeof createInventory>;

/** The table that says which customer uses which device. */
export function createInventory({ dynamoDb, tableName }: { dynamoDb: DynamoDBClient; tableName: string }) {
  const key = (macAddress: string) => ({ TableName: tableName, Key: { macAddress: { S: macAddress } } });

  return {
    /** Gives the device an `eventId`, or finds the one it has. Throws {@link UnknownDeviceError} or {@link DeviceOfAnotherCustomerError}. */
    async claim({ customerId, macAddress }: { customerId: string; macAddress: string }): Promise<ClaimedDevice> {
      const eventId = randomUUID();
      const claim = new UpdateItemCommand({
        ...key(macAddress),
        // One write both asks and answers: of two requests at the same moment, both get the same eventId.
        UpdateExpression: "SET eventId = if_not_exists(eventId, :eventId)",
        ConditionExpression: "customerId = :customerId",
        ExpressionAttributeValues: { ":eventId": { S: eventId }, ":customerId": { S: customerId } },
        ReturnValues: "ALL_NEW",
      });
      try {
        const { Attributes: device = {} } = await dynamoDb.send(claim);
        const kept = device["eventId"]?.S ?? eventId;
        return { eventId: kept, repeated: kept !== eventId, ...activatedAt(device) };
      } catch (error) {
        throw error instanceof ConditionalCheckFailedException ? await whyRefused(macAddress) : error;
      }
    },

    /** Writes down that the device works, once; returns when that was. */
    async markActive(macAddress: string): Promise<number> {
      const nowMs = Date.now();
      const mark = new UpdateItemCommand({
        ...key(macAddress),
        UpdateExpression: "SET activatedAtMs = if_not_exists(activatedAtMs, :nowMs)",
        ExpressionAttributeValues: { ":nowMs": { N: String(nowMs) } },
        ReturnValues: "ALL_NEW",
      });
      const { Attributes: device = {} } = await dynamoDb.send(mark);
      return activatedAt(device).activatedAtMs ?? nowMs;
    },
  };

  async function whyRefused(macAddress: string): Promise<Error> {
    const { Item: device } = await dynamoDb.send(new GetItemCommand({ ...key(macAddress), ConsistentRead: true }));
    return device === undefined
      ? new UnknownDeviceError(`Expected a device of the inventory, got ${macAddress}, which it does not have; check the address`)
      : new DeviceOfAnotherCustomerError(
          `Expected a device of this customer, got ${macAddress}, which belongs to another; check the customer and the address`,
        );
  }
}

function activatedAt(device: Record<string, AttributeValue>): { activatedAtMs?: number } {
  const activatedAtMs = device["activatedAtMs"]?.N;
  return activatedAtMs === undefined ? {} : { activatedAtMs: Number(activatedAtMs) };
}
