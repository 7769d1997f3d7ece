import { GetCommand } from "@aws-sdk/lib-dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Activation } from "#shared/activation.ts";
import { firstSeen, ignoreFailedCondition } from "./tickets.ts";
import type { Tickets } from "./tickets.ts";

/** The right to work on one activation, for a while. It lives in the ticket's own row. */
export interface Lease extends Activation {
  owner: string;
  expiresAtMs: number;
}

/** Somebody may be at work on it until `untilMs`. Expected under at-least-once delivery: try again then. */
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

interface Dependencies {
  dynamoDb: DynamoDBDocumentClient;
  tableName: string;
  tickets: Tickets;
}

export function createLeases({ dynamoDb, tableName, tickets }: Dependencies) {
  return {
    /** Takes the lease: "taken", or "done" if the device works already. Throws {@link LeaseHeldError}. */
    async acquire({ eventId, macAddress, owner, expiresAtMs }: Lease): Promise<"taken" | "done"> {
      const nowMs = Date.now();
      const expression = `SET #status = :provisioning, leaseOwner = :owner, leaseExpiresAtMs = :expiresAtMs, ${firstSeen}`;
      const values = {
        ":provisioning": "provisioning",
        ":owner": owner,
        ":expiresAtMs": expiresAtMs,
        ":macAddress": macAddress,
        ":nowMs": nowMs,
      };
      // #region task 1: one conditional write
      // One atomic write decides the race; a read followed by a write would let two workers in.
      const ifNobodyHasIt = "attribute_not_exists(#status) OR #status IN (:accepted, :failed)";
      const states = { ":accepted": "accepted", ":failed": "failed" };
      // #until-then
      // // As in 06: look first, then write, whatever the row has become meanwhile.
      // const ticket = await tickets.read(eventId);
      // if (ticket?.status === "provisioning" || ticket?.status === "active") {
      //   return "done";
      // }
      // const ifNobodyHasIt = undefined;
      // const states = {};
      // #endregion
      // #region task 2: done, held or expired
      // We compare the expiry ourselves because DynamoDB's TTL may delete an item days late.
      const ifFree = `${ifNobodyHasIt} OR (#status = :provisioning AND leaseExpiresAtMs < :nowMs)`;
      // #until-then
      // // As in 06: whoever dies in the middle keeps it for ever.
      // const ifFree = ifNobodyHasIt;
      // #endregion
      try {
        await tickets.update(eventId, expression, { ...values, ...states }, ifFree);
        return "taken";
      } catch (error) {
        ignoreFailedCondition(error);
      }
      // #region task 2: done, held or expired
      const read = new GetCommand({ TableName: tableName, Key: { eventId }, ConsistentRead: true });
      const { Item: row } = await dynamoDb.send(read);
      if (row?.["status"] === "active") {
        return "done";
      }
      // Without an expiry it was released between our write and our read: free from now on.
      throw new LeaseHeldError(eventId, Number(row?.["leaseExpiresAtMs"] ?? nowMs));
      // #until-then
      // // As in 06: whoever comes second returns, and Lambda deletes the message.
      // return "done";
      // #endregion
    },

    /** Gives the lease back after a definite failure, unless somebody has taken it over: theirs is not ours to end. */
    async release({ eventId, owner }: Lease, status: "accepted" | "failed"): Promise<void> {
      const expression = "SET #status = :status REMOVE leaseOwner, leaseExpiresAtMs";
      // #region task 3: only the owner gives it back
      const ifStillOwner = "#status = :provisioning AND leaseOwner = :owner";
      const values = { ":status": status, ":provisioning": "provisioning", ":owner": owner };
      // #until-then
      // // As in 06: whoever has failed writes so, whoever works on it by now.
      // const ifStillOwner = undefined;
      // const values = { ":status": status };
      // #endregion
      await tickets.update(eventId, expression, values, ifStillOwner).catch(ignoreFailedCondition);
    },
  };
}
