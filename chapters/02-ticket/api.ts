import type { Express } from "express";
import type { Activation } from "#shared/activation.ts";
import { answerTicket, createHttpApi, readActivationRequest } from "#shared/http.ts";
import type { Inventory } from "#shared/inventory.ts";
import type { Provision } from "#shared/vendor.ts";
import type { Tickets } from "./tickets.ts";

interface Dependencies {
  inventory: Inventory;
  tickets: Tickets;
  provision: Provision;
}

/** Hands out a ticket at once and activates the device afterwards, in this process's memory. */
export function createApi({ inventory, tickets, provision }: Dependencies): Express {
  return createHttpApi((api) => {
    api.post("/activations", async (request, response) => {
      const { customerId, macAddress } = readActivationRequest(request);
      const { eventId, repeated } = await inventory.claim({ customerId, macAddress });
      const statusUrl = `/activations/${eventId}`;

      const existing = repeated ? await tickets.read(eventId) : undefined;
      if (existing && existing.status !== "failed") {
        response.status(200).location(statusUrl).json(existing);
        return;
      }

      const activation = { eventId, macAddress };
      const ticket = await tickets.accept(activation);
      response.status(202).location(statusUrl).set("Retry-After", "1").json(ticket);

      // Nobody waits for this: if the process dies now, the customer holds a ticket that nobody works on.
      void activate(activation);
    });

    api.get("/activations/:eventId", async (request, response) => {
      answerTicket(response, await tickets.read(request.params.eventId));
    });
  });

  async function activate(activation: Activation): Promise<void> {
    try {
      await provision(activation);
      await tickets.activate(activation);
    } catch (error) {
      console.error("activation failed, no one retries it unless the customer asks", activation, error);
      await tickets.fail(activation).catch((cause: unknown) => {
        console.error("could not write it down either, the ticket stays as it is", activation, cause);
      });
    }
  }
}
