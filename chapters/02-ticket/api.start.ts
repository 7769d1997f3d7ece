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
      // TASK 1: answer first
      // As in 01, the customer waits for the vendor, and gets its errors. Answer with a ticket first.
      await provision(activation);
      await tickets.accept(activation);
      const ticket = await tickets.activate(activation);
      response.status(201).location(statusUrl).json(ticket);
      // END OF TASK 1
    });

    // TASK 2: GET the ticket
    // The Location of your answer leads nowhere yet. Add the route that shows the ticket, or answers 404.
    // END OF TASK 2
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
