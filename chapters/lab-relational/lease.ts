import type { Activation } from "#shared/activation.ts";
import type { Database } from "./database.ts";
import { writeIfAbsent } from "./tickets.ts";

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

export function createLeases({ database }: { database: Database }) {
  return {
    /** Takes the lease: "taken", or "done" if the device works already. Throws {@link LeaseHeldError}. */
    async acquire({ eventId, macAddress, owner, expiresAtMs }: Lease): Promise<"taken" | "done"> {
      const nowMs = Date.now();
      const found = await database.transaction(async (transaction) => {
        await writeIfAbsent(transaction, { eventId, macAddress });
        // Of two updates at the same moment, the second waits for the first to commit, and then checks the condition again.
        // https://www.postgresql.org/docs/18/transaction-iso.html#XACT-READ-COMMITTED
        const { rowCount } = await transaction.query(
          `UPDATE activations
           SET status = 'provisioning', lease_owner = $2, lease_expires_at_ms = $3
           WHERE event_id = $1 AND (status IN ('accepted', 'failed')
              OR (status = 'provisioning' AND lease_expires_at_ms < $4))`,
          [eventId, owner, expiresAtMs, nowMs],
        );
        if (rowCount === 1) {
          return "taken";
        }
        const read = "SELECT status, lease_expires_at_ms FROM activations WHERE event_id = $1";
        const { rows } = await transaction.query(read, [eventId]);
        return rows[0];
      });

      if (found === "taken") {
        return "taken";
      }
      if (found?.["status"] === "active") {
        return "done";
      }
      // No expiry: the lease was released between our write and our read, so we may retry at once.
      throw new LeaseHeldError(eventId, Number(found?.["lease_expires_at_ms"] ?? nowMs));
    },

    /** Gives the lease back after a definite failure. Does nothing if another delivery has taken it over. */
    async release({ eventId, owner }: Lease, status: "accepted" | "failed"): Promise<void> {
      await database.query(
        `UPDATE activations SET status = $3, lease_owner = NULL, lease_expires_at_ms = NULL
         WHERE event_id = $1 AND status = 'provisioning' AND lease_owner = $2`,
        [eventId, owner, status],
      );
    },
  };
}
