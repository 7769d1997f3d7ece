import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { Activation } from "#shared/activation.ts";
import { ignoreFailedCondition } from "#shared/aws.ts";

const ticket = z.object({
  eventId: z.string(),
  macAddress: z.string(),
  status: z.enum(["accepted", "provisioning", "active", "failed"]),
  acceptedAtMs: z.number(),
  activatedAtMs: z.number().optional(),
});

/** What the customer holds instead of the result: how far the activation has come. */
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

    /** Writes a ticket, unless the consumer was faster: then what it wrote stays. */
    accept({ eventId, macAddress }: Activation): Promise<Ticket> {
      const expression = `SET #status = if_not_exists(#status, :accepted), ${firstSeen}`;
      return update(eventId, expression, {
        ":accepted": "accepted",
        ":macAddress": macAddress,
        ":nowMs": Date.now(),
      });
    },

    /** Writes down that the device works, whether or not the ticket is there yet. */
    activate({ eventId, macAddress }: Activation): Promise<Ticket> {
      const expression = `SET #status = :active, activatedAtMs = if_not_exists(activatedAtMs, :nowMs), ${firstSeen}`;
      return update(eventId, expression, {
        ":active": "active",
        ":macAddress": macAddress,
        ":nowMs": Date.now(),
      });
    },

    /** Writes down how far it has come, unless the device works already: active stays active. */
    async mark({ eventId, macAddress }: Activation, status: "failed"): Promise<void> {
      const mark = new UpdateCommand({
        TableName: table.tableName,
        Key: { eventId },
        UpdateExpression: `SET #status = :status, ${firstSeen}`,
        ConditionExpression: "attribute_not_exists(#status) OR #status <> :active",
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: {
          ":status": status,
          ":active": "active",
          ":macAddress": macAddress,
          ":nowMs": Date.now(),
        },
      });
      await table.dynamoDb.send(mark).catch(ignoreFailedCondition);
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

// API and consumer may write in either order. What the first of them wrote here stays.
const firstSeen =
  "macAddress = if_not_exists(macAddress, :macAddress), acceptedAtMs = if_not_exists(acceptedAtMs, :nowMs)";
