// Serves a running chapter's trace to other processes and to pages: complete as a file, and event by event.
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { close, listen } from "#shared/listen.ts";
import type { TracePart } from "#shared/trace.ts";
import type { Batch, ChapterTrace, Position } from "./chapter-trace.ts";
import { traceNowMs } from "./clock.ts";
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
// The older events are read in so many parts, so that reading them stops neither the chapter nor the page for long.
const slices = 16;

/**
 * Serves `GET /trace`, the complete trace as in a file (text.ts), and `GET /events`, server-sent events: first one named `header`,
 * then lists of events, each list in order. A reader who comes back with `Last-Event-ID` continues where it was, or gets a new
 * header if that id belongs to another run. `GET /events?newest=5` begins, if the trace goes back further, with an event named
 * `newest`: a header and the events of the last 5 seconds. It is for a first picture; all events follow, and when the reader has them
 * up to the present, an event named `current`.
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
  const messages = new Messages(trace, request);
  let quietSinceMs = performance.now();
  while (!ended.aborted) {
    const text = await messages.next();
    if (text !== "" || performance.now() - quietSinceMs > breatheEveryMs) {
      quietSinceMs = performance.now();
      if (!response.write(text === "" ? ": quiet\n\n" : text)) {
        // Waits for a slow reader. What happens meanwhile stays in the recorders.
        await drained(response, ended);
      }
    }
    if (!messages.isBehind) {
      await sleep(everyMs, undefined, { signal: ended }).catch(() => {});
    }
  }
  response.end();
}

/** What one reader of a trace gets, message by message. */
class Messages {
  readonly #trace: ChapterTrace;
  readonly #newestMs: number | undefined;
  #startedAtMs: number;
  #position: Position | undefined;
  #dropped: Batch["dropped"] = {};
  #hasHeader: boolean;
  /** What is older than the newest events is read in slices. Undefined: the next read is up to the present. */
  #slice: { fromMs: number; untilMs: number; lengthMs: number; lastMs: number } | undefined;
  #isCurrent: boolean;

  constructor(trace: ChapterTrace, { url, headers }: IncomingMessage) {
    this.#trace = trace;
    this.#startedAtMs = trace.startedAtMs;
    this.#position = positionOf(headers["last-event-id"], trace.startedAtMs);
    this.#hasHeader = this.#position !== undefined;
    this.#newestMs = newestMsIn(url);
    this.#isCurrent = this.#newestMs === undefined;
  }

  /** Whether there is more to read at once. */
  get isBehind(): boolean {
    return !this.#isCurrent;
  }

  /** What is new, as text; empty if nothing is. */
  async next(): Promise<string> {
    if (this.#trace.startedAtMs !== this.#startedAtMs) {
      // Another trace has begun meanwhile.
      this.#startedAtMs = this.#trace.startedAtMs;
      this.#position = undefined;
    }
    return this.#position === undefined ? this.#begin() : this.#goOn(this.#position);
  }

  async #begin(): Promise<string> {
    this.#hasHeader = false;
    this.#dropped = {};
    this.#slice = undefined;
    const nowMs = traceNowMs();
    const fromMs = this.#newestMs === undefined ? undefined : nowMs - this.#newestMs;
    const batch = await this.#trace.since({}, fromMs === undefined ? undefined : { fromMs });
    const { events, dropped, oldestMs, wholeFromMs } = batch;
    if (fromMs === undefined || (wholeFromMs === undefined && oldestMs >= fromMs)) {
      return this.#told(batch, true);
    }
    // A picture can be drawn from these before the older ones are read. What one part has of a time in which another has dropped its
    // events would make a wrong picture, and until the older ones are read, some more are dropped.
    const lengthMs = (nowMs - (wholeFromMs ?? oldestMs)) / slices;
    const beginMs = wholeFromMs === undefined ? oldestMs : wholeFromMs + lengthMs;
    this.#position = {};
    this.#slice = { fromMs: beginMs, untilMs: beginMs + lengthMs, lengthMs, lastMs: nowMs };
    this.#isCurrent = false;
    return messageOf({ event: "newest" }, { header: await this.#trace.header(dropped), events });
  }

  async #goOn(position: Position): Promise<string> {
    const slice = this.#slice;
    if (slice === undefined) {
      return this.#told(await this.#trace.since(position), true);
    }
    const { fromMs, lengthMs, lastMs } = slice;
    const batch = await this.#trace.since(position, { fromMs, untilMs: slice.untilMs });
    const untilMs = slice.untilMs + lengthMs;
    this.#slice = untilMs < lastMs ? { ...slice, untilMs } : undefined;
    const { wholeFromMs } = batch;
    const isKnown = !this.#hasHeader && wholeFromMs !== undefined && wholeFromMs <= fromMs;
    return this.#told(batch, false, isKnown ? fromMs : undefined);
  }

  async #told(
    { events, dropped, position }: Batch,
    isToThePresent: boolean,
    knownFromMs?: number,
  ): Promise<string> {
    this.#position = position;
    let text = "";
    for (const [part, count] of Object.entries(dropped) as [TracePart, number][]) {
      this.#dropped[part] = (this.#dropped[part] ?? 0) + count;
    }
    if (!this.#hasHeader || Object.keys(dropped).length > 0) {
      const header = await this.#trace.header(this.#dropped);
      const known = knownFromMs === undefined ? {} : { knownFromMs };
      text += messageOf({ event: "header" }, { ...header, ...known });
    }
    if (!this.#hasHeader || events.length > 0) {
      text += messageOf({ id: idOf(this.#startedAtMs, position) }, events);
    }
    this.#hasHeader = true;
    if (isToThePresent && !this.#isCurrent) {
      this.#isCurrent = true;
      text += messageOf({ event: "current" }, {});
    }
    return text;
  }
}

const messageOf = (fields: Readonly<Record<string, string>>, data: object) =>
  `${Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join("")}data: ${JSON.stringify(data)}\n\n`;

/** Of a reader who wants the newest events before all others: how new. */
function newestMsIn(url = "/"): number | undefined {
  const seconds = Number(new URL(url, "http://127.0.0.1").searchParams.get("newest") ?? 0);
  return seconds > 0 ? 1_000 * seconds : undefined;
}

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
