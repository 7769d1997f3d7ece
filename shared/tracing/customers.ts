// What only the API knows: who came, and what they were answered. It may be killed at any moment, so it reports to the launcher at
// once, and the launcher records it.
import type { RequestHandler, Response } from "express";
import { activationRequest } from "#shared/activation.ts";
import type { TraceRecorder } from "./recorder.ts";
import { traceNowMs } from "./clock.ts";

/** What the API reports to the launcher. */
type Told =
  | { kind: "customer"; did: "asked"; request: number; atMs: number; customerId: string; macAddress: string }
  | { kind: "customer"; did: "answered"; request: number; atMs: number; status?: number; eventId?: string };

type Tell = (told: Told) => void;

/** Before and after the API reads a body: together they report each activation that a customer asks for. */
export function tellOfCustomers(tell: Tell = (told) => void process.send?.(told)): {
  came: RequestHandler;
  asked: RequestHandler;
  /** Whether they report from now on. They do at first. */
  report: (on: boolean) => void;
} {
  const cameAtMs = new WeakMap<Response, number>();
  let requests = 0;
  let isReporting = true;
  return {
    report: (on) => {
      isReporting = on;
    },
    came: (_request, response, next) => {
      if (isReporting) {
        cameAtMs.set(response, traceNowMs());
      }
      next();
    },
    asked: ({ method, path, body }, response, next) => {
      if (!isReporting) {
        return next();
      }
      const asked = activationRequest.safeParse(body);
      // Requests for something else don't belong in a trace, and reads of a ticket are not recorded.
      if (method === "POST" && path === "/activations" && asked.success) {
        const request = requests;
        requests += 1;
        const atMs = cameAtMs.get(response) ?? traceNowMs();
        const tellAsked = once(() => tell({ kind: "customer", did: "asked", request, atMs, ...asked.data }));
        // The customer would wait while it is told. So the handler begins first, in the same turn of the event loop.
        setImmediate(tellAsked);
        tellOfAnswer({ request, response, tell, tellAsked });
      }
      return next();
    },
  };
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) {
      isDone = true;
      act();
    }
  };
}

interface Answering {
  request: number;
  response: Response;
  tell: Tell;
  tellAsked: () => void;
}

function tellOfAnswer({ request, response, tell, tellAsked }: Answering): void {
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
    tellAsked();
    tell({ kind: "customer", did: "answered", request, atMs: traceNowMs(), ...whole });
  });
}

/** The launcher's side: records what every process of the API reports. Each of them counts its requests from 0. */
export class ToldCustomers {
  readonly #trace: TraceRecorder;
  #requests = 0;

  constructor(trace: TraceRecorder) {
    this.#trace = trace;
  }

  /** For one process of the API. `ended` records that its waiting customers will get no answer. */
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
