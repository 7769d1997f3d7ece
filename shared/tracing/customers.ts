// What only the API knows: who came, and what they were answered. It may be killed at any moment, so it tells the launcher at once, who
// records it (told-customers.ts).
import type { RequestHandler, Response } from "express";
import { override } from "#shared/override.ts";
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

/** Tells by a file. What can't be written there is sent as a message. */
export function tellOfCustomers({
  file,
  send = (told) => void process.send?.(told),
}: { file?: Pick<ToldWriter, "write" | "beginAgain"> | undefined; send?: Tell } = {}): CustomersTold {
  const cameAtMs = new WeakMap<Response, number>();
  let requests = 0;
  let isReporting = true;
  const tell: Tell = (told) => {
    if (file?.write(told) !== true) {
      send(told);
    }
  };
  return {
    report: (on) => {
      isReporting = on;
    },
    beginAgain: (readBytes) => file?.beginAgain(readBytes),
    came: (_request, response, next) => {
      if (isReporting) {
        cameAtMs.set(response, traceNowMs());
      }
      next();
    },
    asked: ({ method, path, body }, response, next) => {
      // Requests for something else don't belong in a trace, and reads of a ticket are not recorded.
      if (isReporting && method === "POST" && path === "/activations") {
        const request = requests;
        requests += 1;
        const atMs = cameAtMs.get(response) ?? traceNowMs();
        tell({ kind: "customer", did: "asked", request, atMs, body: body as unknown });
        tellOfAnswer(request, response, tell);
      }
      next();
    },
  };
}

function tellOfAnswer(request: number, response: Response, tell: Tell): void {
  let eventId: string | undefined;
  const json = response.json.bind(response);
  override(response, "json", (body: unknown) => {
    const id = (body as { eventId?: unknown } | null | undefined)?.eventId;
    eventId = typeof id === "string" ? id : undefined;
    return json(body);
  });
  response.once("close", () => {
    const whole = response.writableFinished && {
      status: response.statusCode,
      ...(eventId !== undefined && { eventId }),
    };
    tell({ kind: "customer", did: "answered", request, atMs: traceNowMs(), ...whole });
  });
}
