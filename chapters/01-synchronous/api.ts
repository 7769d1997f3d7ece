import type { Express, Response } from "express";
import { createHttpApi, readActivationRequest } from "#shared/http.ts";
import type { Inventory } from "#shared/inventory.ts";
import type { Provision } from "#shared/vendor.ts";

interface Dependencies {
  inventory: Inventory;
  provision: Provision;
}

/** Activates a device while the customer waits. */
export function createApi({ inventory, provision }: Dependencies): Express {
  return createHttpApi((api) => {
    api.post("/activations", async (request, response) => {
      const { customerId, macAddress } = readActivationRequest(request);
      const { eventId, activatedAtMs } = await inventory.claim({ customerId, macAddress });
      const activation = { eventId, macAddress };
      if (activatedAtMs !== undefined) {
        answerActive(response.status(200), { ...activation, activatedAtMs });
        return;
      }

      // The customer waits for the vendor, and the vendor's failure is the customer's failure.
      await provision(activation);

      answerActive(response.status(201), {
        ...activation,
        activatedAtMs: await inventory.markActive(macAddress),
      });
    });
  });
}

function answerActive(
  response: Response,
  activation: { eventId: string; macAddress: string; activatedAtMs: number },
) {
  response.json({ ...activation, status: "active" });
}
