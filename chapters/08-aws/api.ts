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
      // The customer waits for SQS to store the message, not for the vendor. A send that fails is a 503, never a 202.
      // The ticket comes second: if the request dies in between, there is no ticket, so asking again sends the message again.
      await sqs.send(message);
      const ticket = await tickets.accept(activation);
      response.status(202).location(statusUrl).set("Retry-After", "1").json(ticket);
    });

    api.get("/activations/:eventId", async (request, response) => {
      answerTicket(response, await tickets.read(request.params.eventId));
    });
  });
}
