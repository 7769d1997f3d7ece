import { randomUUID } from "node:crypto";
import type { ActivationRequest } from "#shared/activation.ts";
import { DeviceOfAnotherCustomerError, UnknownDeviceError } from "#shared/problem.ts";
import type { ClaimedDevice } from "#shared/inventory.ts";
import type { Database } from "./database.ts";

export type Inventory = ReturnType<typeof createInventory>;

/** The table that says which customer uses which device. */
export function createInventory({ database }: { database: Database }) {
  return {
    /**
     * Gives the device an `eventId`, or returns the one it has.
     * Throws `UnknownDeviceError` or `DeviceOfAnotherCustomerError`.
     */
    async claim({ customerId, macAddress }: ActivationRequest): Promise<ClaimedDevice> {
      const eventId = randomUUID();
      // One statement writes and reads, so two requests at the same moment get the same eventId.
      const { rows } = await database.query(
        `UPDATE devices SET event_id = COALESCE(event_id, $3)
         WHERE mac_address = $1 AND customer_id = $2 RETURNING event_id`,
        [macAddress, customerId, eventId],
      );
      const [row] = rows;
      if (row === undefined) {
        throw await whyRefused(macAddress);
      }
      const claimed = String(row["event_id"]);
      return { eventId: claimed, repeated: claimed !== eventId };
    },
  };

  async function whyRefused(macAddress: string): Promise<Error> {
    const { rowCount } = await database.query("SELECT 1 FROM devices WHERE mac_address = $1", [macAddress]);
    return rowCount === 0 ? new UnknownDeviceError(macAddress) : new DeviceOfAnotherCustomerError(macAddress);
  }
}
