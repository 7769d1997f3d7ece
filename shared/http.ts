import { createServer, STATUS_CODES } from "node:http";
import express from "express";
import type { ErrorRequestHandler, Express, Request, Response } from "express";
import * as z from "zod";
import { activationRequest } from "#shared/activation.ts";
import type { ActivationRequest } from "#shared/activation.ts";
import { answer, onStop, tellReady, tellsOfCustomers, toldFile } from "#shared/child.ts";
import { listen } from "#shared/listen.ts";
import { Problem, toProblem } from "#shared/problem.ts";
import { tellOfCustomers } from "#shared/tracing/customers.ts";
import { customersQuestion } from "#shared/tracing/parts.ts";

/** An Express app with the routes of `define`. It answers everything else, and every error, as the contract says. */
export function createHttpApi(define: (api: Express) => void): Express {
  const api = express();
  api.disable("x-powered-by");
  const customers = tellsOfCustomers ? tellOfCustomers(api, { file: toldFile }) : undefined;
  if (customers) {
    answer(customersQuestion, ({ report, readBytes }) => {
      if (typeof readBytes === "number") {
        customers.beginAgain(readBytes);
      } else {
        customers.report(report === true);
      }
      return {};
    });
    api.use(customers.came);
  }
  api.use(express.json({ limit: "10kb" }));
  if (customers) {
    api.use(customers.asked);
  }
  // Every ticket's name is a UUID, so don't ask the table for another: it would refuse a name that is too long.
  api.param("eventId", (_request, _response, next, eventId: string) =>
    next(z.uuid().safeParse(eventId).success ? undefined : unknownActivation()),
  );
  define(api);
  api.get("/healthz", (_request, response) => {
    response.json({ status: "ready" });
  });
  api.use((request) => {
    throw new Problem(
      404,
      "Not found",
      `Expected a route of this API, got ${request.method} ${request.path}; see its README`,
    );
  });
  api.use(answerProblem);
  return api;
}

/** Reads the body of `POST /activations`. Throws a {@link Problem}: 415 if it isn't JSON, 400 with each wrong field. */
export function readActivationRequest(request: Request): ActivationRequest {
  if (!request.is("application/json")) {
    const got = request.get("content-type") ?? "no content type";
    throw new Problem(
      415,
      "Not JSON",
      `Expected content type application/json, got ${short(got)}; set it and send JSON`,
    );
  }
  const result = activationRequest.safeParse(request.body, { reportInput: true });
  if (result.success) {
    return result.data;
  }
  const errors = result.error.issues.map((issue) => ({
    field: issue.path.join(".") || "(body)",
    expected: issue.message,
    got: short(written(issue.input)),
  }));
  const detail = errors.map(({ field, expected, got }) => `${field}: ${expected}, got ${got}`).join("; ");
  throw new Problem(400, "Malformed request", `${detail}; correct it and send it again`, { errors });
}

/** Answers 200 with the ticket. Throws a {@link Problem} with 404 if there is none. */
export function answerTicket(response: Response, ticket: object | undefined): void {
  if (ticket === undefined) {
    throw unknownActivation();
  }
  response.json(ticket);
}

const unknownActivation = () =>
  new Problem(
    404,
    "Unknown activation",
    "Expected the eventId of a ticket, got one that does not exist; check it",
  );

/** Listens on 127.0.0.1 until the launcher says stop. Then answers the requests that have begun, and the process ends. */
export function serve(api: Express, port: number): void {
  const server = createServer((request, response) => {
    request.url = withPath(request.url);
    api(request, response);
  });
  onStop(() => {
    server.close();
    server.closeIdleConnections();
  });
  listen(server, port).then(
    ({ port: boundPort, url }) => {
      console.log(`API listens on ${url}`);
      tellReady({ port: boundPort });
    },
    ({ message }: Error) => {
      console.error(message);
      process.exit(1);
    },
  );
}

/** Express would answer a target without a path, such as `x://y`, with its own page. */
function withPath(target = "/"): string {
  const hasPath =
    target.startsWith("/") || (URL.canParse(target) && new URL(target).pathname.startsWith("/"));
  return hasPath ? target : `/${encodeURIComponent(target)}`;
}

// Express recognizes an error handler by its four parameters.
const answerProblem: ErrorRequestHandler = (error, _request, response, _next) => {
  const problem = toProblem(error);
  if (problem.cause !== undefined) {
    console.error(problem.title, problem.cause);
  }
  if (problem.status === 503) {
    response.set("Retry-After", "1");
  }
  response
    .status(problem.status)
    .type("application/problem+json")
    .send(
      JSON.stringify({
        type: "about:blank",
        title: problem.title || STATUS_CODES[problem.status],
        status: problem.status,
        detail: problem.message,
        ...(problem.errors.length > 0 && { errors: problem.errors }),
      }),
    );
};

function written(input: unknown): string {
  try {
    return JSON.stringify(input) ?? "nothing";
  } catch {
    // JSON parses thousands of nested lists, but JSON.stringify recurses and can't write them.
    return "too many levels";
  }
}

function short(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
