import { InvokeCommand } from "@aws-sdk/client-lambda";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { Express } from "express";
import { answerTicket, createHttpApi, readActivationRequest } from "#shared/http.ts";
import type { Inventory } from "#shared/inventory.ts";
import type { Tickets } from "./tickets.ts";

interface Dependencies {
  inventory: Inventory;
  tickets: Tickets;
  lambda: LambdaClient;
  functionName: string;
}

/** Hands out a ticket once Lambda has the event. Lambda's internal queue keeps it until the function has activated the device. */
export function createApi({ inventory, tickets, lambda, functionName }: Dependencies): Express {
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
      // The API must know the function's name and be allowed to invoke it. With a queue it needs neither.
      const invocation = new InvokeCommand({
        FunctionName: functionName,
        InvocationType: "Event",
        Payload: JSON.stringify(activation),
      });
      // Lambda answers 202 as soon as its queue has the event. A failure here is a 503, never a 202.
      await lambda.send(invocation);
      const ticket = await tickets.accept(activation);
      response.status(202).location(statusUrl).set("Retry-After", "1").json(ticket);
    });

    api.get("/activations/:eventId", async (request, response) => {
      answerTicket(response, await tickets.read(request.params.eventId));
    });
  });
}
