import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { close, listen } from "#shared/listen.ts";
import type { AsyncEvent } from "./lambda/async-events.ts";
import type { Counts, MessageView } from "./sqs/queue.ts";

/** What the embedded AWS shows at `GET {inspectUrl}/`: everything, at one moment, without changing it. */
export interface Inspection {
  atMs: number;
  queues: InspectedQueue[];
  functions: InspectedFunction[];
}

/** A queue at one moment, with its messages one by one: AWS shows none, since looking at one there hides it. */
interface InspectedQueue extends Counts {
  name: string;
  url: string;
  arn: string;
  /** After so many receives a message is set aside; absent: never. */
  maxReceiveCount?: number;
  /** Empty without the bodies. */
  messages: MessageView[];
}

/** A function at one moment; the counts are since the start. */
export interface InspectedFunction {
  name: string;
  mappingEnabled: boolean;
  /** Its event source mappings, as the template has them. */
  mappings: { batchSize: number; maximumConcurrency?: number; reportsBatchItemFailures: boolean }[];
  invocations: number;
  errors: number;
  timeouts: number;
  /** Invocations that the handler has answered with nothing: for a batch it means that all of it is done. */
  emptyAnswers: number;
  /** What its environments have used of the processor, those that are gone too, up to the end of their last invocation. */
  processorMs: number;
  /** Events that Lambda has accepted and not done; on AWS there are only metrics. */
  asyncEvents: {
    received: number;
    discarded: number;
    waiting: number;
    running: number;
    oldestAgeSeconds: number;
    /** Empty without the bodies. */
    events: Omit<AsyncEvent, "receivedAtMs" | "duplicateAfterMs">[];
  };
  environments: {
    pid: number;
    state: "starting" | "idle" | "busy";
    /** Of the records it works on now. */
    bodies: readonly string[];
  }[];
}

type ServedQueue = Omit<InspectedQueue, "messages"> & { messages?: MessageView[] };
type Served = Omit<Inspection, "queues"> & { queues: ServedQueue[] };
type Inspect<Seen extends object> = (wanted: { withMessages: boolean }) => Seen | Promise<Seen>;

// Other emulators and accounts show bodies by receiving them, which takes up to five seconds.
const answersWithinMs = 15_000;

/**
 * Reads it from a running AWS that shows itself so. "without" the bodies of messages and events it is cheap enough to ask
 * again and again. Throws if there is no answer in time.
 */
export async function readInspection(inspectUrl: string, bodies: "with" | "without"): Promise<Inspection> {
  const url = new URL(bodies === "with" ? "/" : "/?bodies=no", inspectUrl);
  const response = await fetch(url, { signal: AbortSignal.timeout(answersWithinMs) });
  if (!response.ok) {
    throw new Error(`Expected the embedded AWS to answer at ${inspectUrl}, got ${response.status}`);
  }
  const served = (await response.json()) as Served;
  return { ...served, queues: served.queues.map((queue) => ({ messages: [], ...queue })) };
}

/** Serves what `inspect` gives, for reading only. */
export async function startInspectServer<Seen extends object = Served>(inspect: Inspect<Seen>) {
  const server = createServer((request, response) => answer(request, response, inspect));
  const { url } = await listen(server);
  return { url, close: () => close(server) };
}

function answer(request: IncomingMessage, response: ServerResponse, inspect: Inspect<object>): void {
  // Not `new URL`, which throws at what clients send by mistake, such as "//".
  const [pathname = "/", query] = (request.url ?? "/").split("?", 2);
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    send(response, 405, { error: `Expected GET, got ${request.method}: this is for reading only` });
  } else if (pathname !== "/") {
    send(response, 404, { error: `Expected /, got ${pathname}` });
  } else {
    const withMessages = new URLSearchParams(query).get("bodies") !== "no";
    Promise.resolve(inspect({ withMessages }))
      .then((seen) => send(response, 200, seen))
      // Also if it can't be written: no text has more than 512 MB of bodies.
      .catch((error: unknown) => send(response, 502, { error: String(error) }));
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  // For a person at a browser, too.
  const text = `${JSON.stringify(body, null, 2)}\n`;
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
  });
  response.end(text);
}
