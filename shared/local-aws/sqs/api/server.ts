import { close, listen } from "#shared/listen.ts";
import { callerOf } from "#shared/tracing/caller.ts";
import type { TraceRecorder } from "#shared/tracing/recorder.ts";
import type { Clock } from "../clock.ts";
import { failures, SqsError } from "../errors.ts";
import { nextId } from "../ids.ts";
import { SqsService } from "../service.ts";
import { actions, missingActions, queueUrl } from "./actions.ts";
import type { Output } from "./actions.ts";
import { ExchangeServer } from "./exchanges.ts";
import type { Exchange } from "./exchanges.ts";
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

interface Sqs {
  service: SqsService;
  baseUrl: string;
}

// A message of 1 MiB can take six times that in JSON, if every character is escaped.
const bodyBytesMax = 8 * 1_024 * 1_024;
const contentType = "application/x-amz-json-1.0";
const targetPrefix = "AmazonSQS.";

/** Serves an SQS without queues on 127.0.0.1, by default on any free port. Throws a UsageError if the port is taken. */
export async function startSqs({ port = 0, clock, trace }: SqsServerOptions = {}): Promise<RunningSqs> {
  const service = new SqsService({ clock, trace });
  let url = "";
  const server = new ExchangeServer({
    bodyBytesMax,
    use: (exchange) => answer(exchange, { service, baseUrl: url }),
  });
  ({ url } = await listen(server, port, "SQS"));
  return {
    url,
    service,
    queueUrl: (name) => queueUrl({ baseUrl: url, service }, name),
    async close() {
      service.close();
      // The long polls answer in this turn of the event loop. After that no connection has a reason to stay.
      await new Promise((resolve) => setImmediate(resolve));
      await close(server);
    },
  };
}

// AWS JSON 1.0: every request is a POST, a header names the action, input and output are JSON objects.
function answer(exchange: Exchange, sqs: Sqs): void {
  if (isQueryProtocol(exchange)) {
    writeQueryError(exchange);
    return;
  }
  try {
    const output = run(exchange, sqs);
    // A promise only if there is something to wait for: most answers are ready at once.
    if (output instanceof Promise) {
      output.then(
        (later: Output) => write(exchange, 200, later),
        (error: unknown) => writeError(exchange, error),
      );
    } else {
      write(exchange, 200, output);
    }
  } catch (error) {
    writeError(exchange, error);
  }
}

function run(exchange: Exchange, { service, baseUrl }: Sqs): Output | Promise<Output> {
  const { method, headers, body } = exchange;
  const target = headers["x-amz-target"];
  const name =
    typeof target === "string" && target.startsWith(targetPrefix) ? target.slice(targetPrefix.length) : "";
  const action = actions.get(name);
  if (action === undefined) {
    throw missingActions.has(name)
      ? failures.unsupported(`${name} is not among the actions of the embedded SQS.`)
      : failures.unknownOperation(
          `Expected a POST with the header X-Amz-Target: AmazonSQS.NAME (AWS JSON 1.0), got ${method} with ${target === undefined ? "none" : `"${String(target)}"`}.`,
        );
  }
  const by = service.trace?.isRecording === true ? callerOf(headers) : "";
  return action(parse(body), { service, baseUrl, by, signal: () => exchange.hangUpSignal() });
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

function write(exchange: Exchange, status: number, output: Output, queryError?: string): void {
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
  exchange.answer(status, headers, body);
}

// The protocol of SDKs before November 2023: a form and XML. Such a client wouldn't understand JSON.
function isQueryProtocol({ headers }: Exchange): boolean {
  const type = headers["content-type"] ?? "";
  return headers["x-amz-target"] === undefined && type.startsWith("application/x-www-form-urlencoded");
}

function writeQueryError(exchange: Exchange): void {
  const message =
    "The embedded SQS speaks AWS JSON 1.0 only: expected an SDK or an AWS CLI of November 2023 or later, got the query protocol of an older one.";
  const body = `<?xml version="1.0"?><ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error><Type>Sender</Type><Code>UnsupportedOperation</Code><Message>${message}</Message></Error><RequestId>${nextId()}</RequestId></ErrorResponse>`;
  exchange.answer(400, ["Content-Type", "text/xml", "Content-Length", String(Buffer.byteLength(body))], body);
}

function writeError(exchange: Exchange, error: unknown): void {
  if (error instanceof SqsError) {
    const { type, queryCode, status } = error.wire;
    write(exchange, status, { __type: type, message: error.message }, `${queryCode};Sender`);
  } else {
    // Our bug. The SDK retries after a 500, so the log has to show it.
    console.error("embedded SQS:", error);
    write(exchange, 500, { __type: "com.amazonaws.sqs#InternalFailure", message: String(error) });
  }
}
