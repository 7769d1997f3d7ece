import { SendMessageCommand } from "@aws-sdk/client-sqs";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Express } from "express";
import { createHttpApi, readActivationRequest } from "#shared/http.ts";
import type { Inventory } from "#shared/inventory.ts";
import { Problem } from "#shared/problem.ts";
import type { Tickets } from "./tickets.ts";

interface Dependencies {
  inventory: Inventory;
  tickets: Tickets;
  sqs: SQSClient;
  queueUrl: string;
}

/** Hands out a ticket once the queue has the work; whoever polls the queue activates the device. */
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
      // It comes before the ticket: a request that dies in between is repaired by asking again, since there is no ticket.
      await sqs.send(message);
      const ticket = await tickets.accept(activation);
      response.status(202).location(statusUrl).set("Retry-After", "1").json(ticket);
    });

    api.get("/activations/:eventId", async (request, response) => {
      const ticket = await tickets.read(request.params.eventId);
      if (ticket === undefined) {
        throw new Problem(
          404,
          "Unknown activation",
          "Expected the eventId of a ticket, got one that nobody holds; check it",
        );
      }
      response.json(ticket);
    });
  });
}
