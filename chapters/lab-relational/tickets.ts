import * as z from "zod";
import type { Activation } from "#shared/activation.ts";
import type { Connection, Database } from "./database.ts";

// PostgreSQL's bigint comes as text, since it may be larger than any number of JavaScript: milliseconds are not.
const moment = z.coerce.number().int();
const ticket = z
  .object({
    event_id: z.string(),
    mac_address: z.string(),
    status: z.enum(["accepted", "provisioning", "active", "failed"]),
    accepted_at_ms: moment,
    activated_at_ms: moment.nullable(),
  })
  .transform((row) => ({
    eventId: row.event_id,
    macAddress: row.mac_address,
    status: row.status,
    acceptedAtMs: row.accepted_at_ms,
    ...(row.activated_at_ms !== null && { activatedAtMs: row.activated_at_ms }),
  }));

/** What the customer holds instead of the result: how far the activation has come. */
export type Ticket = z.output<typeof ticket>;

export type Tickets = ReturnType<typeof createTickets>;

const isEventId = z.uuid();

/** The table of tickets. */
export function createTickets({ database }: { database: Database }) {
  return {
    /** The ticket, or undefined if there is none. */
    async read(eventId: string): Promise<Ticket | undefined> {
      // PostgreSQL refuses any other key with an error, and a customer may type anything.
      if (!isEventId.safeParse(eventId).success) {
        return undefined;
      }
      const { rows } = await database.query("SELECT * FROM activations WHERE event_id = $1", [eventId]);
      return rows[0] && ticket.parse(rows[0]);
    },

    /** Writes a ticket, unless the consumer was faster: then what it wrote stays. */
    accept: (activation: Activation): Promise<Ticket> =>
      database.transaction(async (transaction) => {
        await writeIfAbsent(transaction, activation);
        const { rows } = await transaction.query("SELECT * FROM activations WHERE event_id = $1", [
          activation.eventId,
        ]);
        return ticket.parse(rows[0]);
      }),

    /** Writes down that the device works, in its ticket and in the inventory: never in one of them alone. */
    activate: ({ eventId, macAddress }: Activation): Promise<void> =>
      database.transaction(async (transaction) => {
        const nowMs = Date.now();
        await writeIfAbsent(transaction, { eventId, macAddress });
        await transaction.query(
          `UPDATE activations SET status = 'active', activated_at_ms = COALESCE(activated_at_ms, $2)
           WHERE event_id = $1`,
          [eventId, nowMs],
        );
        await transaction.query(
          "UPDATE devices SET activated_at_ms = COALESCE(activated_at_ms, $2) WHERE mac_address = $1",
          [macAddress, nowMs],
        );
      }),
  };
}

/** API and consumer may come in either order: the first of them writes the row, and the other finds it. */
export async function writeIfAbsent(
  connection: Connection,
  { eventId, macAddress }: Activation,
): Promise<void> {
  await connection.query(
    `INSERT INTO activations (event_id, mac_address, status, accepted_at_ms)
     VALUES ($1, $2, 'accepted', $3) ON CONFLICT (event_id) DO NOTHING`,
    [eventId, macAddress, Date.now()],
  );
}
