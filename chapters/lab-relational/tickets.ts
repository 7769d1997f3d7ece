import * as z from "zod";
import type { Activation } from "#shared/activation.ts";
import type { Connection, Database } from "./database.ts";

// The driver returns a bigint as text, since it may be too large for a JavaScript number. Milliseconds are not.
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

/** What the customer gets instead of the result: how far the activation has come. */
export type Ticket = z.output<typeof ticket>;

export type Tickets = ReturnType<typeof createTickets>;

const isEventId = z.uuid();

/** The table of tickets. */
export function createTickets({ database }: { database: Database }) {
  return {
    /** The ticket, or undefined if there is none. */
    async read(eventId: string): Promise<Ticket | undefined> {
      // A customer may type anything, and PostgreSQL throws on a key that is no UUID.
      if (!isEventId.safeParse(eventId).success) {
        return undefined;
      }
      const { rows } = await database.query("SELECT * FROM activations WHERE event_id = $1", [eventId]);
      return rows[0] && ticket.parse(rows[0]);
    },

    /** Writes a ticket. If the consumer was faster, what it wrote stays. */
    accept: (activation: Activation): Promise<Ticket> =>
      database.transaction(async (transaction) => {
        await writeIfAbsent(transaction, activation);
        const { rows } = await transaction.query("SELECT * FROM activations WHERE event_id = $1", [
          activation.eventId,
        ]);
        return ticket.parse(rows[0]);
      }),

    /** Records that the device works, in its ticket and in the inventory: in both or in neither. */
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

/** Creates the ticket's row. The API and the consumer may come in either order: the second one finds the row. */
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
