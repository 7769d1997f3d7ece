// Serves a running chapter's trace to other processes and to pages: complete as a file, and event by event.
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { close, listen } from "#shared/listen.ts";
import type { ChapterTrace, Position } from "./chapter-trace.ts";
import { traceText } from "./text.ts";

/** A server of one trace, on 127.0.0.1. */
export interface TraceServer {
  url: string;
  close: () => Promise<void>;
}

// The longest delay from an event to a reader; half of it on average.
const everyMs = 50;
// An empty line: without any, a reader can't tell a quiet chapter from one that is gone.
const breatheEveryMs = 10_000;

/**
 * Serves `GET /trace`, the complete trace as in a file (text.ts), and `GET /events`, server-sent events: first one named `header`,
 * then lists of events, each list in order. A reader who comes back with `Last-Event-ID` continues where it was, or gets a new
 * header if that id belongs to another run.
 */
export async function serveTrace(trace: ChapterTrace): Promise<TraceServer> {
  const over = new AbortController();
  const server = createServer((request, response) => {
    response.on("error", () => {});
    answer(trace, request, response, over.signal).catch((error: Error) => {
      if (response.headersSent) {
        response.end();
      } else {
        write(response, 502, { error: error.message });
      }
    });
  });
  const { url } = await listen(server);
  return {
    url,
    close: async () => {
      over.abort();
      await close(server);
    },
  };
}

async function answer(
  trace: ChapterTrace,
  request: IncomingMessage,
  response: ServerResponse,
  over: AbortSignal,
): Promise<void> {
  const [path = "/"] = (request.url ?? "/").split("?", 1);
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    write(response, 405, { error: `Expected GET, got ${request.method}: this is for reading only` });
  } else if (path === "/trace") {
    const text = traceText(await trace.read());
    response
      .writeHead(200, { "content-type": "application/x-ndjson", "cache-control": "no-store" })
      .end(text);
  } else if (path === "/events") {
    await streamTrace(trace, request, response, over);
  } else {
    write(response, 404, { error: `Expected /trace or /events, got ${path.slice(0, 80)}` });
  }
}

/** Sends a trace event by event, until the reader leaves or the trace ends. */
export async function streamTrace(
  trace: ChapterTrace,
  request: IncomingMessage,
  response: ServerResponse,
  over: AbortSignal,
): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const ended = AbortSignal.any([over, gone.signal]);
  let { startedAtMs } = trace;
  let position = positionOf(request.headers["last-event-id"], startedAtMs);
  let quietSinceMs = performance.now();
  while (!ended.aborted) {
    if (trace.startedAtMs !== startedAtMs) {
      // Another trace has begun meanwhile.
      ({ startedAtMs } = trace);
      position = undefined;
    }
    const { events, dropped, ...batch } = await trace.since(position);
    const isNew = position === undefined;
    ({ position } = batch);
    if (isNew || Object.keys(dropped).length > 0) {
      response.write(`event: header\ndata: ${JSON.stringify(await trace.header(dropped))}\n\n`);
    }
    const isQuiet = events.length === 0 && !isNew;
    if (!isQuiet || performance.now() - quietSinceMs > breatheEveryMs) {
      quietSinceMs = performance.now();
      const told = isQuiet ? ": quiet\n\n" : messageOf(events, startedAtMs, position);
      if (!response.write(told)) {
        // Waits for a slow reader. What happens meanwhile stays in the recorders.
        await drained(response, ended);
      }
    }
    await sleep(everyMs, undefined, { signal: ended }).catch(() => {});
  }
  response.end();
}

const messageOf = (events: readonly object[], startedAtMs: number, position: Position) =>
  `id: ${idOf(startedAtMs, position)}\ndata: ${JSON.stringify(events)}\n\n`;

/** "1764163200000.1 aws.120 vendor.7" */
const idOf = (startedAtMs: number, position: Position) =>
  [startedAtMs, ...Object.entries(position).map(([part, next]) => `${part}.${next}`)].join(" ");

/** Undefined unless it is a position in this trace. */
function positionOf(id: string | string[] | undefined, startedAtMs: number): Position | undefined {
  const [run, ...parts] = String(id ?? "").split(" ");
  if (run !== String(startedAtMs)) {
    return undefined;
  }
  const read = parts.map((each) => each.split(".")).map(([part = "", next]) => [part, Number(next)] as const);
  return read.every(([, next]) => Number.isSafeInteger(next) && next >= 0)
    ? Object.fromEntries(read)
    : undefined;
}

function drained(response: ServerResponse, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done);
      ended.removeEventListener("abort", done);
      resolve();
    };
    response.once("drain", done);
    ended.addEventListener("abort", done);
  });
}

function write(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(body)}\n`);
}
