// What only the API knows: who came, and what they were told. It may be killed at any moment, so it tells the launcher at once,
// and the launcher notes it.
import type { RequestHandler, Response } from "express";
import { activationRequest } from "#shared/activation.ts";
import type { TraceRecorder } from "./recorder.ts";
import { traceNowMs } from "./clock.ts";

/** What the API tells the launcher. */
type Told =
  | { kind: "customer"; did: "asked"; request: number; atMs: number; customerId: string; macAddress: string }
  | { kind: "customer"; did: "answered"; request: number; atMs: number; status?: number; eventId?: string };

type Tell = (told: Told) => void;

/** Before the API reads a body, and after it: together they tell of each activation that a customer asks for. */
export function tellOfCustomers(tell: Tell = (told) => void process.send?.(told)): {
  came: RequestHandler;
  asked: RequestHandler;
} {
  const cameAtMs = new WeakMap<Response, number>();
  let requests = 0;
  return {
    came: (_request, response, next) => {
      cameAtMs.set(response, traceNowMs());
      next();
    },
    asked: ({ method, path, body }, response, next) => {
      const asked = activationRequest.safeParse(body);
      // What is no activation has no place in a trace, and who looks after a ticket is not noted.
      if (method === "POST" && path === "/activations" && asked.success) {
        const request = requests;
        requests += 1;
        const atMs = cameAtMs.get(response) ?? traceNowMs();
        tell({ kind: "customer", did: "asked", request, atMs, ...asked.data });
        tellOfAnswer(request, response, tell);
      }
      next();
    },
  };
}

function tellOfAnswer(request: number, response: Response, tell: Tell): void {
  let eventId: string | undefined;
  const json = response.json.bind(response);
  response.json = (body: unknown) => {
    const id = (body as { eventId?: unknown } | null | undefined)?.eventId;
    eventId = typeof id === "string" ? id : undefined;
    return json(body);
  };
  response.once("close", () => {
    const whole = response.writableFinished && {
      status: response.statusCode,
      ...(eventId !== undefined && { eventId }),
    };
    tell({ kind: "customer", did: "answered", request, atMs: traceNowMs(), ...whole });
  });
}

/** The launcher's side: notes what every process of the API tells, each of which counts its requests from 0. */
export class ToldCustomers {
  readonly #trace: TraceRecorder;
  #requests = 0;

  constructor(trace: TraceRecorder) {
    this.#trace = trace;
  }

  /** For one process of the API; `ended` notes that whoever waited for it is told nothing any more. */
  ofProcess(): { onMessage: (message: Record<string, unknown>) => void; ended: () => void } {
    const open = new Map<number, number>();
    return {
      onMessage: (message) => {
        if (message["kind"] === "customer") {
          this.#note(message as unknown as Told, open);
        }
      },
      ended: () => {
        open.forEach((request) => this.#trace.note({ kind: "answered", request }));
        open.clear();
      },
    };
  }

  #note({ request: own, atMs, ...told }: Told, open: Map<number, number>): void {
    if (told.did === "asked") {
      const request = this.#requests;
      this.#requests += 1;
      open.set(own, request);
      const { customerId, macAddress } = told;
      this.#trace.note({ kind: "asked", request, customerId, macAddress }, atMs);
      return;
    }
    const request = open.get(own);
    if (request !== undefined) {
      open.delete(own);
      const { status, eventId } = told;
      this.#trace.note({ kind: "answered", request, status, eventId }, atMs);
    }
  }
}
