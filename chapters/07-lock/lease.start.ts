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
      // TASK 1: one conditional write
      // As in 06, we read first and write afterwards, whatever the row says by then. Remove this read.
      const look = new GetCommand({ TableName: table.tableName, Key: { eventId }, ConsistentRead: true });
      const { Item: ticket } = await table.dynamoDb.send(look);
      if (ticket?.["status"] === "provisioning" || ticket?.["status"] === "active") {
        return "done";
      }
      // END OF TASK 1
      const take = new UpdateCommand({
        TableName: table.tableName,
        Key: { eventId },
        // The function may be faster than the API, which writes the ticket. Then this creates the row.
        UpdateExpression: `SET #status = :provisioning, leaseOwner = :owner, leaseExpiresAtMs = :expiresAtMs,
          macAddress = if_not_exists(macAddress, :macAddress), acceptedAtMs = if_not_exists(acceptedAtMs, :nowMs)`,
        // TASK 1: one conditional write
        // Give this write a condition: the first row of the table in the README.
        // END OF TASK 1
        // TASK 2: done, held or expired
        // As in 06, a worker that crashes in the middle holds it forever. Extend the condition to a lease that has ended.
        // END OF TASK 2
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: {
          ":provisioning": "provisioning",
          // TASK 1: one conditional write
          // A name such as `:failed` in the condition needs its value here. DynamoDB refuses values that nothing uses.
          // END OF TASK 1
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
      // TASK 2: done, held or expired
      // As in 06, the second delivery returns, and Lambda deletes its message. Read the row: is it done, or only held?
      return "done";
      // END OF TASK 2
    },

    /** Gives the lease back after a definite failure. Does nothing if another delivery has taken it over. */
    async release({ eventId, owner }: Lease, status: "accepted" | "failed"): Promise<void> {
      const giveBack = new UpdateCommand({
        TableName: table.tableName,
        Key: { eventId },
        UpdateExpression: "SET #status = :status REMOVE leaseOwner, leaseExpiresAtMs",
        // TASK 3: only the owner gives it back
        // As in 06, a failed attempt writes this, even if another one holds the lease by now. Give this write a condition, too.
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: { ":status": status },
        // END OF TASK 3
      });
      await table.dynamoDb.send(giveBack).catch(ignoreFailedCondition);
    },
  };
}
