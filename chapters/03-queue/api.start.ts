import { SendMessageCommand } from "@aws-sdk/client-sqs";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Express } from "express";
import { answerTicket, createHttpApi, readActivationRequest } from "#shared/http.ts";
import type { Inventory } from "#shared/inventory.ts";
import type { Tickets } from "./tickets.ts";

interface Dependencies {
  inventory: Inventory;
  tickets: Tickets;
  sqs: SQSClient;
  queueUrl: string;
}

/** Hands out a ticket once the queue has the work. The consumer of the queue activates the device. */
export function createApi({ inventory, tickets, sqs, queueUrl }: Dependencies): Express {
  return createHttpApi((api) => {
    api.post("/activations", async (request, response) => {
      const { customerId, macAddress } = readActivationRequest(request);
      const { eventId, repeated } = await inventory.claim({ customerId, macAddress });
      const statusUrl = `/activations/${eventId}`;

      const existing = repeated ? await tickets.read(eventId) : undefined;
      if (existing) {
        response.status(200).location(statusUrl).json(existing);
        return;
      }

      const activation = { eventId, macAddress };
      const message = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(activation) });
      // TASK 1: no answer before the queue has the work
      // As in 02, we answer first, so the customer never hears of a failed send. Promise nothing before the queue has the work.
      const ticket = await tickets.accept(activation);
      response.status(202).location(statusUrl).set("Retry-After", "1").json(ticket);
      sqs.send(message).catch((error: unknown) => console.error("the work is lost", activation, error));
      // END OF TASK 1
    });

    api.get("/activations/:eventId", async (request, response) => {
      answerTicket(response, await tickets.read(request.params.eventId));
    });
  });
}
