import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { Activation } from "#shared/activation.ts";

const ticket = z.object({
  eventId: z.string(),
  macAddress: z.string(),
  status: z.enum(["accepted", "provisioning", "active", "failed"]),
  acceptedAtMs: z.number(),
  activatedAtMs: z.number().optional(),
});

/** What the customer gets instead of the result: how far the activation has come. */
export type Ticket = z.output<typeof ticket>;

export type Tickets = ReturnType<typeof createTickets>;

/** The table of tickets. */
export function createTickets(table: { dynamoDb: DynamoDBDocumentClient; tableName: string }) {
  return {
    /** The ticket, or undefined if there is none. */
    async read(eventId: string): Promise<Ticket | undefined> {
      const { Item: row } = await table.dynamoDb.send(
        new GetCommand({ TableName: table.tableName, Key: { eventId }, ConsistentRead: true }),
      );
      return row && ticket.parse(row);
    },

    /** Writes a ticket, or replaces one whose activation has failed. */
    accept({ eventId, macAddress }: Activation): Promise<Ticket> {
      // Two first requests at the same moment both get here, and both call the vendor. 07 fixes that.
      const expression = "SET #status = :accepted, macAddress = :macAddress, acceptedAtMs = :nowMs";
      return update(eventId, expression, {
        ":accepted": "accepted",
        ":macAddress": macAddress,
        ":nowMs": Date.now(),
      });
    },

    /** Records that the device works. */
    activate({ eventId }: Activation): Promise<Ticket> {
      const expression = "SET #status = :active, activatedAtMs = :nowMs";
      return update(eventId, expression, { ":active": "active", ":nowMs": Date.now() });
    },

    /** Records that the activation failed and that no one retries it. */
    fail({ eventId }: Activation): Promise<Ticket> {
      return update(eventId, "SET #status = :failed", { ":failed": "failed" });
    },
  };

  type Values = Record<string, unknown>;
  async function update(eventId: string, expression: string, values: Values): Promise<Ticket> {
    const { Attributes: row } = await table.dynamoDb.send(
      new UpdateCommand({
        TableName: table.tableName,
        Key: { eventId },
        UpdateExpression: expression,
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: values,
        ReturnValues: "ALL_NEW",
      }),
    );
    return ticket.parse(row);
  }
}
