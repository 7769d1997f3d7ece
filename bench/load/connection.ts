import { connect as connectPlain } from "node:net";
import type { Socket } from "node:net";
import { connect as connectSecure } from "node:tls";
import { ResponseReader } from "./response-reader.ts";

export interface OutgoingRequest {
  bytes: Buffer;
  isHead: boolean;
  keepBytes: number;
  /** Called once, with the answer or with why there is none. */
  onAnswer: (answer: { status: number; body: string } | { failure: string }) => void;
}

// We close it before the server would, under a request that has just begun. Node's servers wait for five seconds.
const idleMs = 4_000;

/** The connections to one server. Each carries one request at a time, so there are as many as pending requests. */
export class Connections {
  readonly #url: URL;
  // The last one used is reused first, so that superfluous ones grow old.
  readonly #idle: Connection[] = [];

  constructor(url: URL) {
    this.#url = url;
  }

  /** Sends a request at once. The returned function cuts it off. */
  ask(request: OutgoingRequest): () => void {
    let connection = this.#idle.pop();
    while (connection !== undefined && !connection.isFresh()) {
      connection.close();
      connection = this.#idle.pop();
    }
    connection ??= new Connection(openSocket(this.#url), (free) => this.#idle.push(free));
    connection.ask(request);
    const asked = connection;
    return () => asked.cutOff(request);
  }

  /** Closes the idle connections. */
  close(): void {
    this.#idle.splice(0).forEach((connection) => connection.close());
  }
}

/** Connects to a URL's server. */
function openSocket(url: URL): Socket {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (url.protocol !== "https:") {
    return connectPlain({ host, port: Number(url.port) || 80, noDelay: true });
  }
  const servername = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
  return connectSecure({ host, port: Number(url.port) || 443, ...servername }).setNoDelay(true);
}

const connectWithinMs = 5_000;
const causes: Record<string, string> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "there is no host of that name",
  EAI_AGAIN: "the name server did not answer",
};

/** Opens a connection and closes it. Says why that failed, or nothing. */
export async function whyNotReached(url: URL): Promise<string | undefined> {
  const socket = openSocket(url);
  try {
    return await new Promise((resolve) => {
      socket.setTimeout(connectWithinMs, () => resolve(`no connection within ${connectWithinMs / 1_000} s`));
      socket.once(url.protocol === "https:" ? "secureConnect" : "connect", () => resolve(undefined));
      socket.once("error", (error: NodeJS.ErrnoException) => {
        // Both addresses of `localhost` were tried.
        const { code = "" } = error;
        resolve(causes[code] ?? (error.message || code));
      });
    });
  } finally {
    socket.destroy();
  }
}

/** Throws an error that says why a server can't be reached; nothing is sent to it. */
export async function expectServer(url: URL): Promise<void> {
  const whyNot = await whyNotReached(url);
  if (whyNot !== undefined) {
    throw new Error(
      `Expected a server at ${url.href}, but could not connect: ${whyNot}; start it, or correct the URL.`,
    );
  }
}

/** A request as it goes over the wire. A body counts as JSON, unless a header says something else. */
export function requestBytes(
  url: URL,
  { method, headers }: { method: string; headers: Readonly<Record<string, string>> },
  body: string,
): Buffer {
  const hasNoBody = body === "" && ["GET", "HEAD", "DELETE", "OPTIONS"].includes(method);
  const all: Record<string, string> = {
    host: url.host,
    connection: "keep-alive",
    ...(body !== "" && { "content-type": "application/json" }),
    ...headers,
    ...(!hasNoBody && { "content-length": String(Buffer.byteLength(body)) }),
  };
  const fields = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${url.pathname}${url.search} HTTP/1.1\r\n${fields.join("")}\r\n${body}`);
}

/** Nothing listens there, or no longer. */
export const refused = "connection refused";

const failures: Record<string, string> = {
  ECONNREFUSED: refused,
  ECONNRESET: "connection cut",
  EPIPE: "connection cut",
  ENOTFOUND: "no such host",
};

class Connection {
  readonly #socket: Socket;
  readonly #onFree: (connection: Connection) => void;
  #request: OutgoingRequest | undefined;
  #reader: ResponseReader | undefined;
  #freshUntilMs = 0;

  constructor(socket: Socket, onFree: (connection: Connection) => void) {
    this.#socket = socket;
    this.#onFree = onFree;
    socket.on("data", (piece: Buffer) => this.#read(piece));
    socket.on("end", () => this.#ended());
    socket.on("error", ({ code = "", message }: NodeJS.ErrnoException) => {
      this.#fail(failures[code] ?? (code === "" ? message : code));
    });
    socket.on("close", () => this.#fail("connection cut"));
    socket.setTimeout(idleMs, () => {
      if (this.#request === undefined) {
        this.close();
      }
    });
  }

  isFresh(): boolean {
    return !this.#socket.destroyed && performance.now() < this.#freshUntilMs;
  }

  ask(request: OutgoingRequest): void {
    this.#request = request;
    this.#reader = new ResponseReader(request);
    this.#socket.write(request.bytes);
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Stops waiting for the answer to this request. */
  cutOff(request: OutgoingRequest): void {
    if (this.#request === request) {
      this.#request = undefined;
      this.close();
    }
  }

  #read(piece: Buffer): void {
    if (this.#reader === undefined || this.#request === undefined) {
      this.close();
      return;
    }
    try {
      if (this.#reader.feed(piece)) {
        this.#answered(this.#request, this.#reader);
      }
    } catch {
      this.#fail("no HTTP/1.1");
      this.close();
    }
  }

  #ended(): void {
    if (this.#reader?.end() === true && this.#request !== undefined) {
      this.#answered(this.#request, this.#reader);
    }
    this.close();
  }

  #answered(request: OutgoingRequest, { status, body, mayReuse, keptOpenMs }: ResponseReader): void {
    this.#request = undefined;
    this.#reader = undefined;
    request.onAnswer({ status, body });
    if (mayReuse) {
      this.#freshUntilMs = performance.now() + Math.min(idleMs, keptOpenMs - 1_000);
      this.#onFree(this);
    } else {
      this.close();
    }
  }

  #fail(failure: string): void {
    const request = this.#request;
    this.#request = undefined;
    request?.onAnswer({ failure });
  }
}
