// What only the API knows: who came, and what they were answered. It may be killed at any moment, so it tells the launcher at once, who
// records it (told-customers.ts).
import type { Express, RequestHandler, Response } from "express";
import { traceNowMs } from "./clock.ts";
import type { ToldWriter } from "./told-file.ts";

/** What the API tells the launcher. The body is as it came. */
export type Told =
  | { kind: "customer"; did: "asked"; request: number; atMs: number; body: unknown }
  | { kind: "customer"; did: "answered"; request: number; atMs: number; status?: number; eventId?: string };

type Tell = (told: Told) => void;

/** Before and after the API reads a body: together they tell of each activation that a customer asks for. */
export interface CustomersTold {
  came: RequestHandler;
  asked: RequestHandler;
  /** Whether they tell from now on. They do at first. */
  report: (on: boolean) => void;
  /** The launcher has read so much, and wants the rest at the file's beginning. */
  beginAgain: (readBytes: number) => void;
}

interface Customer {
  cameAtMs: number;
  eventId?: string | undefined;
}

/** Tells of an API's customers by a file. What can't be written there is sent as a message. */
export function tellOfCustomers(
  api: Express,
  {
    file,
    send = (told) => void process.send?.(told),
  }: { file?: Pick<ToldWriter, "write" | "beginAgain"> | undefined; send?: Tell } = {},
): CustomersTold {
  const customers = new WeakMap<Response, Customer>();
  let requests = 0;
  let isReporting = true;
  const tell: Tell = (told) => {
    if (file?.write(told) !== true) {
      send(told);
    }
  };
  readAnswers(api, customers);
  return {
    report: (on) => {
      isReporting = on;
    },
    beginAgain: (readBytes) => file?.beginAgain(readBytes),
    came: (_request, response, next) => {
      if (isReporting) {
        customers.set(response, { cameAtMs: traceNowMs() });
      }
      next();
    },
    asked: ({ method, path, body }, response, next) => {
      const customer = customers.get(response);
      // Requests for something else don't belong in a trace, and reads of a ticket are not recorded.
      if (customer !== undefined && method === "POST" && path === "/activations") {
        const request = requests;
        requests += 1;
        const { cameAtMs } = customer;
        // The customer should not wait for the write: AWS works on the API's first call by then, in another process.
        const tellAsked = once(() =>
          tell({ kind: "customer", did: "asked", request, atMs: cameAtMs, body: body as unknown }),
        );
        setImmediate(tellAsked);
        response.once("close", () => {
          tellAsked();
          const { eventId } = customer;
          const whole = response.writableFinished && {
            status: response.statusCode,
            ...(eventId !== undefined && { eventId }),
          };
          tell({ kind: "customer", did: "answered", request, atMs: traceNowMs(), ...whole });
        });
      }
      next();
    },
  };
}

function once(does: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) {
      isDone = true;
      does();
    }
  };
}

// For all of the API's answers at once: a method set for one of them would make V8 throw away what it has optimized whenever reporting
// begins or ends, and keep much of the request beyond its end.
function readAnswers({ response: answers }: Express, customers: WeakMap<Response, Customer>): void {
  const { json } = answers;
  answers.json = function (this: Response, body: unknown) {
    const customer = customers.get(this);
    if (customer !== undefined) {
      const id = (body as { eventId?: unknown } | null | undefined)?.eventId;
      customer.eventId = typeof id === "string" ? id : undefined;
    }
    return json.call(this, body);
  };
}
