import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as z from "zod";
import { Counter } from "#shared/vendor-simulator/counter.ts";
import { Ledger } from "#shared/vendor-simulator/ledger.ts";
import { canonicalMacAddress, changeWeather, usualWeather } from "#shared/vendor-simulator/weather.ts";
import type { Weather } from "#shared/vendor-simulator/weather.ts";

export interface Vendor {
  url: string;
  port: number;
  close: () => Promise<void>;
}

// A weather with 10,000 poisoned devices is the largest body that makes sense.
const maxBodyBytes = 512 * 1024;
const provisioningRequest = z.strictObject({ macAddress: canonicalMacAddress });
const idempotencyKey = z.string().min(1).max(255).optional();

type Route = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

class BadRequest extends Error {
  readonly status: 400 | 413;

  constructor(status: 400 | 413, message: string) {
    super(message);
    this.status = status;
  }
}

/** Starts the simulated vendor on 127.0.0.1; with port 0 on a free one. Rejects if the port is taken. */
export async function startVendor({
  port = 0,
  weather = {},
}: { port?: number; weather?: Partial<Weather> } = {}): Promise<Vendor> {
  const ledger = new Ledger();
  const counter = new Counter(changeWeather(usualWeather, weather), ledger);

  const routes: Record<string, Route> = {
    "POST /provisionings": async (request, response) => {
      const { macAddress } = read(provisioningRequest, await readJson(request));
      const visit = counter.ask(macAddress, readKey(request));
      response.once("close", visit.leave);
      const answer = await visit.answer;
      if (answer === "cut") {
        response.destroy();
      } else if (answer.status === 201) {
        answerJson(response, 201, { provisioningId: answer.provisioningId, macAddress });
      } else {
        answerProblem(response, answer.status, answer.detail);
      }
    },
    "GET /weather": async (_request, response) => answerJson(response, 200, counter.weather),
    "PATCH /weather": async (request, response) => {
      const change = await readJson(request);
      try {
        counter.changeWeather(change);
      } catch (error) {
        throw toBadRequest(error);
      }
      answerJson(response, 200, counter.weather);
    },
    "GET /ledger": async (_request, response) => answerJson(response, 200, ledger.read()),
    "GET /ledger/open": async (_request, response) => answerJson(response, 200, { open: ledger.open() }),
    "GET /ledger/summary": async (_request, response) =>
      answerJson(response, 200, ledger.summary(counter.inLine)),
  };

  const server = createServer((request, response) => {
    const name = `${request.method} ${request.url?.split("?")[0]}`;
    const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
    if (route === undefined) {
      answerProblem(
        response,
        404,
        `Expected one of ${Object.keys(routes).join(", ")}, got ${name.slice(0, 80)}`,
      );
      return;
    }
    route(request, response).catch((error: unknown) => {
      const known = error instanceof BadRequest;
      answerProblem(
        response,
        known ? error.status : 500,
        known ? error.message : "The simulator has a defect; see its log",
      );
      if (!known) {
        console.error(error);
      }
    });
  });
  // Longer than any client of ours keeps an idle connection.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  const boundPort = (server.address() as AddressInfo).port;

  return {
    url: `http://127.0.0.1:${boundPort}`,
    port: boundPort,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The draft wants a structured-field string, so in quotes; many clients send it bare. */
function readKey(request: IncomingMessage): string | undefined {
  const header = request.headers["idempotency-key"];
  return read(idempotencyKey, typeof header === "string" ? header.replace(/^"(.*)"$/, "$1") : undefined);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // What is too much is read to its end and dropped, or the caller would see a cut connection, not the answer.
    if (bytes <= maxBodyBytes) {
      chunks.push(chunk);
    }
  }
  if (bytes > maxBodyBytes) {
    throw new BadRequest(413, `Expected a body of at most ${maxBodyBytes} bytes, got ${bytes}`);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new BadRequest(400, "Expected well-formed JSON; correct it and send it again");
  }
}

function read<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  try {
    return schema.parse(input);
  } catch (error) {
    throw toBadRequest(error);
  }
}

function toBadRequest(error: unknown): unknown {
  if (!(error instanceof z.ZodError)) {
    return error;
  }
  const wrong = error.issues.map(({ path, message }) => `${path.join(".") || "(body)"}: ${message}`);
  return new BadRequest(400, `${wrong.join("; ")}; correct it and send it again`);
}

function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function answerProblem(response: ServerResponse, status: number, detail: string): void {
  const retryAfter = status === 429 || status === 503 ? { "retry-after": "1" } : {};
  const title = "The vendor did not provision";
  response
    .writeHead(status, { "content-type": "application/problem+json", ...retryAfter })
    .end(JSON.stringify({ type: "about:blank", title, status, detail }));
}
