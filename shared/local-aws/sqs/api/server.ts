import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { close, listen } from "#shared/listen.ts";
import { callerOf } from "#shared/tracing/caller.ts";
import type { TraceRecorder } from "#shared/tracing/recorder.ts";
import type { Clock } from "../clock.ts";
import { failures, SqsError } from "../errors.ts";
import { nextId } from "../ids.ts";
import { SqsService } from "../service.ts";
import { actions, missingActions, queueUrl } from "./actions.ts";
import type { Output } from "./actions.ts";
import { isObject } from "./input.ts";
import type { Input } from "./input.ts";

/** A running SQS. */
export interface RunningSqs {
  url: string;
  service: SqsService;
  queueUrl(name: string): string;
  /** Ends long polls with empty answers, then closes every connection. */
  close(): Promise<void>;
}

interface SqsServerOptions {
  port?: number | undefined;
  clock?: Clock | undefined;
  trace?: TraceRecorder | undefined;
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  service: SqsService;
  baseUrl: string;
}

// A message of 1 MiB can take six times that in JSON, if every character is escaped.
const maximumBodyBytes = 8 * 1_024 * 1_024;
const contentType = "application/x-amz-json-1.0";
const targetPrefix = "AmazonSQS.";

/** Serves an SQS without queues on 127.0.0.1, by default on any free port. Throws a UsageError if the port is taken. */
export async function startSqs({ port = 0, clock, trace }: SqsServerOptions = {}): Promise<RunningSqs> {
  const service = new SqsService({ clock, trace });
  let url = "";
  const server = createServer((request, response) =>
    readBody(request, response, (body) => answer(body, { request, response, service, baseUrl: url })),
  );
  ({ url } = await listen(server, port, "SQS"));
  return {
    url,
    service,
    queueUrl: (name) => queueUrl({ baseUrl: url, service }, name),
    async close() {
      service.close();
      // Long polls answer at the end of this turn of the event loop. After that no connection has a reason to stay.
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
      await close(server);
    },
  };
}

// Passes the whole body on. Refuses one that is longer than any message before it fills the memory.
function readBody(request: IncomingMessage, response: ServerResponse, use: (body: string) => void): void {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  request.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > maximumBodyBytes) {
      response.writeHead(413).end(() => request.destroy());
      request.removeAllListeners("data").removeAllListeners("end").resume();
    }
  });
  request.on("end", () =>
    use((chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString()),
  );
}

// AWS JSON 1.0: every request is a POST, a header names the action, input and output are JSON objects.
function answer(body: string, exchange: Exchange): void {
  if (isQueryProtocol(exchange.request)) {
    writeQueryError(exchange.response);
    return;
  }
  try {
    const output = run(body, exchange);
    // A promise only if there is something to wait for: most answers are ready at once.
    if (output instanceof Promise) {
      output.then(
        (later: Output) => write(exchange.response, 200, later),
        (error: unknown) => writeError(exchange.response, error),
      );
    } else {
      write(exchange.response, 200, output);
    }
  } catch (error) {
    writeError(exchange.response, error);
  }
}

function run(body: string, { request, response, service, baseUrl }: Exchange): Output | Promise<Output> {
  const target = request.headers["x-amz-target"];
  const name =
    typeof target === "string" && target.startsWith(targetPrefix) ? target.slice(targetPrefix.length) : "";
  const action = actions.get(name);
  if (action === undefined) {
    throw missingActions.has(name)
      ? failures.unsupported(`${name} is not among the actions of the embedded SQS.`)
      : failures.unknownOperation(
          `Expected a POST with the header X-Amz-Target: AmazonSQS.NAME (AWS JSON 1.0), got ${request.method} with ${target === undefined ? "none" : `"${String(target)}"`}.`,
        );
  }
  const by = service.trace?.isRecording === true ? callerOf(request.headers) : "";
  return action(parse(body), { service, baseUrl, by, signal: () => hangUpSignal(request, response) });
}

function parse(body: string): Input {
  let input: unknown;
  try {
    input = JSON.parse(body);
  } catch {
    throw failures.malformed("Expected the body to be JSON.");
  }
  if (!isObject(input)) {
    throw failures.malformed("Expected the body to be a JSON object.");
  }
  return input;
}

// When a client goes away, the read side ends first. "close" comes a few turns later, when a message may already be lost.
function hangUpSignal(request: IncomingMessage, response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  const { socket } = request;
  const hangUp = () => controller.abort();
  socket.once("end", hangUp).once("close", hangUp);
  response.once("finish", () => socket.off("end", hangUp).off("close", hangUp));
  if (socket.destroyed || socket.readableEnded) {
    hangUp();
  }
  return controller.signal;
}

function write(response: ServerResponse, status: number, output: Output, queryError?: string): void {
  const body = typeof output === "string" ? output : JSON.stringify(output);
  const headers = [
    "Content-Type",
    contentType,
    "Content-Length",
    String(Buffer.byteLength(body)),
    "x-amzn-RequestId",
    nextId(),
  ];
  if (queryError !== undefined) {
    headers.push("x-amzn-query-error", queryError);
  }
  atEndOfTurn(() => response.writeHead(status, headers).end(body));
}

const waiting: (() => void)[] = [];

// Sends the answers of one turn of the event loop together. Each write wakes the client, which would otherwise take the CPU
// between two answers: with ten connections that costs about a fifth of the rate.
function atEndOfTurn(send: () => void): void {
  if (waiting.push(send) === 1) {
    setImmediate(() => waiting.splice(0).forEach((sendNow) => sendNow()));
  }
}

// The protocol of SDKs before November 2023: a form and XML. Such a client wouldn't understand JSON.
function isQueryProtocol({ headers }: IncomingMessage): boolean {
  const type = headers["content-type"] ?? "";
  return headers["x-amz-target"] === undefined && type.startsWith("application/x-www-form-urlencoded");
}

function writeQueryError(response: ServerResponse): void {
  const message =
    "The embedded SQS speaks AWS JSON 1.0 only: expected an SDK or an AWS CLI of November 2023 or later, got the query protocol of an older one.";
  const body = `<?xml version="1.0"?><ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error><Type>Sender</Type><Code>UnsupportedOperation</Code><Message>${message}</Message></Error><RequestId>${nextId()}</RequestId></ErrorResponse>`;
  response
    .writeHead(400, { "Content-Type": "text/xml", "Content-Length": Buffer.byteLength(body) })
    .end(body);
}

function writeError(response: ServerResponse, error: unknown): void {
  if (error instanceof SqsError) {
    const { type, queryCode, status } = error.wire;
    write(response, status, { __type: type, message: error.message }, `${queryCode};Sender`);
  } else {
    // Our bug. The SDK retries after a 500, so the log has to show it.
    console.error("embedded SQS:", error);
    write(response, 500, { __type: "com.amazonaws.sqs#InternalFailure", message: String(error) });
  }
}
