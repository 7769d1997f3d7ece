import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { close, listen } from "#shared/listen.ts";
import type { AsyncEvent } from "./lambda/async-events.ts";
import type { Counts, MessageView } from "./sqs/queue.ts";

/** What the embedded AWS shows at `GET {inspectUrl}/`: its whole state at one moment, unchanged by the request. */
export interface Inspection {
  atMs: number;
  queues: InspectedQueue[];
  functions: InspectedFunction[];
}

/** A queue at one moment, with each message. AWS can't show that: receiving a message there hides it. */
interface InspectedQueue extends Counts {
  name: string;
  url: string;
  arn: string;
  /** A message is set aside after this many receives. Absent: never. */
  maxReceiveCount?: number;
  /** Empty if the bodies were left out. */
  messages: MessageView[];
}

/** A function at one moment. The counts run from the start. */
export interface InspectedFunction {
  name: string;
  mappingEnabled: boolean;
  /** Its event source mappings, as in the template. */
  mappings: { batchSize: number; maximumConcurrency?: number; reportsBatchItemFailures: boolean }[];
  invocations: number;
  errors: number;
  timeouts: number;
  /** Invocations that returned nothing. For a batch that means that all of it succeeded. */
  emptyAnswers: number;
  /** CPU time of all its environments, including ended ones, up to the end of their last invocation. */
  processorMs: number;
  /** Events that Lambda has accepted and not finished. AWS shows only metrics of them. */
  asyncEvents: {
    received: number;
    discarded: number;
    waiting: number;
    running: number;
    oldestAgeSeconds: number;
    /** Empty if the bodies were left out. */
    events: Omit<AsyncEvent, "receivedAtMs" | "duplicateAfterMs">[];
  };
  environments: {
    pid: number;
    state: "starting" | "idle" | "busy";
    /** The bodies of the records it works on now. */
    bodies: readonly string[];
  }[];
}

type ServedQueue = Omit<InspectedQueue, "messages"> & { messages?: MessageView[] };
type Served = Omit<Inspection, "queues"> & { queues: ServedQueue[] };
type Inspect<Seen extends object> = (wanted: { withMessages: boolean }) => Seen | Promise<Seen>;

// Other emulators and AWS accounts show bodies only by receiving them, which takes up to five seconds.
const answersWithinMs = 15_000;

/**
 * Reads the state of a running AWS. "without" leaves out the bodies of messages and events, which makes it cheap enough to poll.
 * Throws if there is no answer in time.
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

/** Serves what `inspect` returns, for reading only. */
export async function startInspectServer<Seen extends object = Served>(inspect: Inspect<Seen>) {
  const server = createServer((request, response) => answer(request, response, inspect));
  const { url } = await listen(server);
  return { url, close: () => close(server) };
}

function answer(request: IncomingMessage, response: ServerResponse, inspect: Inspect<object>): void {
  // Not `new URL`, which throws on what clients send by mistake, such as "//".
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
      // Also if it can't be serialized: a string holds at most 512 MB.
      .catch((error: unknown) => send(response, 502, { error: String(error) }));
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  // Indented, so that people can read it in a browser.
  const text = `${JSON.stringify(body, null, 2)}\n`;
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
  });
  response.end(text);
}
