import { randomUUID } from "node:crypto";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { ActivationRequest } from "#shared/activation.ts";
import { DeviceOfAnotherCustomerError, UnknownDeviceError } from "#shared/problem.ts";

/** A device, claimed by the customer who asked for it. */
export interface ClaimedDevice {
  /** Identifies this activation forever. Later claims return that of the first claim. */
  eventId: string;
  /** Whether it had been claimed before, so that a ticket may exist. */
  repeated: boolean;
  /** When the device began to work, if the inventory itself records it (chapter 01 only). */
  activatedAtMs?: number | undefined;
}

export type Inventory = ReturnType<typeof createInventory>;

const device = z.object({ eventId: z.string(), activatedAtMs: z.number().optional() });

/** The table that says which customer uses which device. */
export function createInventory(table: { dynamoDb: DynamoDBDocumentClient; tableName: string }) {
  const key = (macAddress: string) => ({ TableName: table.tableName, Key: { macAddress } });

  return {
    /**
     * Gives the device an `eventId`, or returns the one it has.
     * Throws {@link UnknownDeviceError} or {@link DeviceOfAnotherCustomerError}.
     */
    async claim({ customerId, macAddress }: ActivationRequest): Promise<ClaimedDevice> {
      const eventId = randomUUID();
      const claim = new UpdateCommand({
        ...key(macAddress),
        // One write that also reads: two requests at the same moment get the same eventId.
        UpdateExpression: "SET eventId = if_not_exists(eventId, :eventId)",
        ConditionExpression: "customerId = :customerId",
        ExpressionAttributeValues: { ":eventId": eventId, ":customerId": customerId },
        ReturnValues: "ALL_NEW",
      });
      try {
        const { Attributes: row } = await table.dynamoDb.send(claim);
        const claimed = device.parse(row);
        return { ...claimed, repeated: claimed.eventId !== eventId };
      } catch (error) {
        throw error instanceof ConditionalCheckFailedException ? await whyRefused(macAddress) : error;
      }
    },

    /** Records once that the device works. Returns when that was. */
    async markActive(macAddress: string): Promise<number> {
      const nowMs = Date.now();
      const mark = new UpdateCommand({
        ...key(macAddress),
        UpdateExpression: "SET activatedAtMs = if_not_exists(activatedAtMs, :nowMs)",
        ExpressionAttributeValues: { ":nowMs": nowMs },
        ReturnValues: "ALL_NEW",
      });
      const { Attributes: row } = await table.dynamoDb.send(mark);
      return device.parse(row).activatedAtMs ?? nowMs;
    },
  };

  async function whyRefused(macAddress: string): Promise<Error> {
    const { Item: row } = await table.dynamoDb.send(
      new GetCommand({ ...key(macAddress), ConsistentRead: true }),
    );
    return row === undefined
      ? new UnknownDeviceError(macAddress)
      : new DeviceOfAnotherCustomerError(macAddress);
  }
}
