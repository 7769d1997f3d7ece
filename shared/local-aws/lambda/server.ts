// The Invoke action of Lambda's API, and nothing else of it: the functions come from the template. LogType=Tail gives no
// LogResult, since a function's log is shown where the embedded AWS was started.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";

import { close, listen } from "#shared/listen.ts";
import { callerOf } from "#shared/tracing/caller.ts";
import type { AsyncEvents } from "./async-events.ts";
import type { LambdaFunction } from "./lambda-function.ts";
import { payloadOf } from "./execution-environment.ts";

/** A function as its callers see it. */
export interface Invokable {
  function: LambdaFunction;
  asyncEvents: AsyncEvents;
}

/** Finds a function by name. Undefined if the template has none of that name. */
type FindFunction = (name: string) => Invokable | undefined;

/** AWS's answer to a refused request. */
class LambdaApiError extends Error {
  override readonly name = "LambdaApiError";
  readonly status: number;
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

const pathOfInvoke = /^\/2015-03-31\/functions\/([^/?]+)\/invocations(?:\?.*)?$/;
// An ARN or part of one, with an optional version: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
const functionName = /^(?:arn:aws:lambda:[\w-]+:\d{12}:function:|\d{12}:function:)?([\w-]+)(?::\$LATEST)?$/;
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const payloadBytesMax = { Event: 1_048_576, RequestResponse: 6_291_456, DryRun: 6_291_456 };

/** Serves `Invoke` on 127.0.0.1. */
export async function startLambdaServer(find: FindFunction) {
  const server = createServer((request, response) => {
    invoke(request, find).then(
      ({ status, headers, body = "" }) => write(response, status, body, headers),
      (error: unknown) => writeError(request, response, error),
    );
  });
  const { url } = await listen(server);
  return { url, close: () => close(server) };
}

/** Unchanged if it can't be decoded, and then no function has this name. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

interface InvokeAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

async function invoke(request: IncomingMessage, find: FindFunction): Promise<InvokeAnswer> {
  const path = pathOfInvoke.exec(request.url ?? "")?.[1];
  if (request.method !== "POST" || path === undefined) {
    const message = `Only Invoke is emulated, got ${request.method} ${request.url?.slice(0, 100)}`;
    throw new LambdaApiError(404, "UnknownOperationException", message);
  }
  const type = invocationType(request.headers["x-amz-invocation-type"]);
  const asked = decoded(path);
  const found = find(functionName.exec(asked)?.[1] ?? "");
  if (!found) {
    const message = `Function not found: ${asked.slice(0, 100)}`;
    throw new LambdaApiError(404, "ResourceNotFoundException", message);
  }
  const payload = await readPayload(request, type);
  switch (type) {
    case "DryRun":
      return { status: 204 };
    case "Event":
      // Accepted into Lambda's queue. The caller never learns from this connection how it ended.
      return {
        status: 202,
        headers: { "x-amzn-RequestId": found.asyncEvents.put(payload, callerOf(request.headers)) },
      };
    case "RequestResponse":
      return await runNow(found, payload);
  }
}

async function runNow({ function: lambda }: Invokable, payload: string): Promise<InvokeAnswer> {
  if (lambda.isThrottled) {
    throw new LambdaApiError(429, "TooManyRequestsException", "Rate Exceeded.");
  }
  const outcome = await lambda.invoke(payload, { bodies: [payload] });
  const failed = outcome.kind === "answered" ? undefined : { "X-Amz-Function-Error": "Unhandled" };
  return {
    status: 200,
    headers: { "X-Amz-Executed-Version": "$LATEST", ...failed },
    body: payloadOf(outcome),
  };
}

type InvocationType = keyof typeof payloadBytesMax;

function invocationType(header: string | string[] | undefined): InvocationType {
  const type = header ?? "RequestResponse";
  if (typeof type === "string" && Object.hasOwn(payloadBytesMax, type)) {
    return type as InvocationType;
  }
  const message = `Expected Event, RequestResponse or DryRun as invocation type, got ${String(type).slice(0, 40)}`;
  throw new LambdaApiError(400, "InvalidParameterValueException", message);
}

async function readPayload(request: IncomingMessage, type: InvocationType): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > payloadBytesMax[type]) {
      const message = `Request must be smaller than ${payloadBytesMax[type]} bytes for the Invoke operation`;
      throw new LambdaApiError(413, "RequestTooLargeException", message);
    }
    chunks.push(chunk);
  }
  const payload = Buffer.concat(chunks).toString() || "{}";
  try {
    JSON.parse(payload);
    return payload;
  } catch (cause) {
    const message = `Could not parse request body into json: ${(cause as Error).message}`;
    throw new LambdaApiError(400, "InvalidRequestContentException", message);
  }
}

function writeError(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (error instanceof LambdaApiError) {
    const { status, type, message } = error;
    const body = JSON.stringify({ Type: "User", message });
    write(response, status, body, { "x-amzn-ErrorType": type });
  } else if (request.complete) {
    // Our bug, since the request was complete. A caller who left in the middle gets no answer.
    console.error("embedded Lambda:", error);
    const body = JSON.stringify({ Type: "Service", message: String(error) });
    write(response, 500, body, { "x-amzn-ErrorType": "ServiceException" });
  }
}

function write(response: ServerResponse, status: number, body: string, headers = {}): void {
  response.writeHead(status, {
    "x-amzn-RequestId": randomUUID(),
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
    // Don't read the rest of a body that was refused.
    ...(status === 413 && { Connection: "close" }),
    ...headers,
  });
  response.end(body);
}
