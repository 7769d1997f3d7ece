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

    /** Writes a ticket. If the consumer was faster, what it wrote stays. */
    accept({ eventId, macAddress }: Activation): Promise<Ticket> {
      const expression = `SET #status = if_not_exists(#status, :accepted), ${firstSeen}`;
      return update(eventId, expression, {
        ":accepted": "accepted",
        ":macAddress": macAddress,
        ":nowMs": Date.now(),
      });
    },

    /** Records that the device works, whether or not the ticket exists yet. */
    activate({ eventId, macAddress }: Activation): Promise<Ticket> {
      const expression = `SET #status = :active, activatedAtMs = if_not_exists(activatedAtMs, :nowMs), ${firstSeen}`;
      return update(eventId, expression, {
        ":active": "active",
        ":macAddress": macAddress,
        ":nowMs": Date.now(),
      });
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

// The API and the consumer may write in either order. The first of them sets these two fields.
const firstSeen =
  "macAddress = if_not_exists(macAddress, :macAddress), acceptedAtMs = if_not_exists(acceptedAtMs, :nowMs)";
