import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Activation } from "#shared/activation.ts";
import { ignoreFailedCondition } from "#shared/aws.ts";

/** The right to work on one activation until `expiresAtMs`. It lives in the ticket's row. */
export interface Lease extends Activation {
  owner: string;
  expiresAtMs: number;
}

/** Another delivery may be working on the activation until `untilMs`; retry then. Expected with at-least-once delivery. */
export class LeaseHeldError extends Error {
  override readonly name = "LeaseHeldError";
  readonly untilMs: number;

  constructor(eventId: string, untilMs: number, options?: ErrorOptions) {
    super(
      `Activation ${eventId} may be in work until ${new Date(untilMs).toISOString()}; try again then`,
      options,
    );
    this.untilMs = untilMs;
  }
}

/** The leases, which live in the table of tickets. */
export function createLeases(table: { dynamoDb: DynamoDBDocumentClient; tableName: string }) {
  return {
    /** Takes the lease: "taken", or "done" if the device works already. Throws {@link LeaseHeldError}. */
    async acquire({ eventId, macAddress, owner, expiresAtMs }: Lease): Promise<"taken" | "done"> {
      const nowMs = Date.now();
      const take = new UpdateCommand({
        TableName: table.tableName,
        Key: { eventId },
        // The function may be faster than the API, which writes the ticket. Then this creates the row.
        UpdateExpression: `SET #status = :provisioning, leaseOwner = :owner, leaseExpiresAtMs = :expiresAtMs,
          macAddress = if_not_exists(macAddress, :macAddress), acceptedAtMs = if_not_exists(acceptedAtMs, :nowMs)`,
        // One atomic write decides the race; a read followed by a write would let two workers in.
        // We compare the expiry ourselves because DynamoDB's TTL may delete an item days late.
        ConditionExpression: `attribute_not_exists(#status)
          OR #status IN (:accepted, :failed)
          OR (#status = :provisioning AND leaseExpiresAtMs < :nowMs)`,
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: {
          ":provisioning": "provisioning",
          ":accepted": "accepted",
          ":failed": "failed",
          ":owner": owner,
          ":expiresAtMs": expiresAtMs,
          ":macAddress": macAddress,
          ":nowMs": nowMs,
        },
      });
      try {
        await table.dynamoDb.send(take);
        return "taken";
      } catch (error) {
        ignoreFailedCondition(error);
      }
      const read = new GetCommand({ TableName: table.tableName, Key: { eventId }, ConsistentRead: true });
      const { Item: row } = await table.dynamoDb.send(read);
      if (row?.["status"] === "active") {
        return "done";
      }
      // No expiry: the lease was released between our write and our read, so we may retry at once.
      throw new LeaseHeldError(eventId, Number(row?.["leaseExpiresAtMs"] ?? nowMs));
    },

    /** Gives the lease back after a definite failure. Does nothing if another delivery has taken it over. */
    async release({ eventId, owner }: Lease, status: "accepted" | "failed"): Promise<void> {
      const giveBack = new UpdateCommand({
        TableName: table.tableName,
        Key: { eventId },
        UpdateExpression: "SET #status = :status REMOVE leaseOwner, leaseExpiresAtMs",
        ConditionExpression: "#status = :provisioning AND leaseOwner = :owner",
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: { ":status": status, ":provisioning": "provisioning", ":owner": owner },
      });
      await table.dynamoDb.send(giveBack).catch(ignoreFailedCondition);
    },
  };
}
