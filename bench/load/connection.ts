import { connect as connectPlain } from "node:net";
import type { Socket } from "node:net";
import { connect as connectSecure } from "node:tls";
import { ResponseReader } from "./response-reader.ts";

export interface Question {
  bytes: Buffer;
  isHead: boolean;
  keepBytes: number;
  /** Called once: with the answer, or with why there is none. */
  onAnswer: (answer: { status: number; body: string } | { failure: string }) => void;
}

// Closed by us before a server would close it under a request that has just begun; Node's own servers wait for five.
const idleMs = 4_000;

/** The connections to one server. Each carries one request at a time, and there are as many as there are requests. */
export class Connections {
  readonly #target: { isSecure: boolean; host: string; port: number };
  // The last one used is the first one used again, so that those which are too many grow old.
  readonly #idle: Connection[] = [];

  constructor(url: URL) {
    const isSecure = url.protocol === "https:";
    const host = url.hostname.replace(/^\[|\]$/g, "");
    this.#target = { isSecure, host, port: Number(url.port) || (isSecure ? 443 : 80) };
  }

  /** Sends a request at once; the function that it gives cuts it off. */
  ask(question: Question): () => void {
    let connection = this.#idle.pop();
    while (connection !== undefined && !connection.isFresh()) {
      connection.close();
      connection = this.#idle.pop();
    }
    connection ??= new Connection(this.#open(), (free) => this.#idle.push(free));
    connection.ask(question);
    const asked = connection;
    return () => asked.cutOff(question);
  }

  #open(): Socket {
    const { isSecure, host, port } = this.#target;
    const servername = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
    return isSecure
      ? connectSecure({ host, port, ...servername }).setNoDelay(true)
      : connectPlain({ host, port, noDelay: true });
  }
}

const failures: Record<string, string> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection cut",
  EPIPE: "connection cut",
  ENOTFOUND: "no such host",
};

class Connection {
  readonly #socket: Socket;
  readonly #onFree: (connection: Connection) => void;
  #question: Question | undefined;
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
      if (this.#question === undefined) {
        this.close();
      }
    });
  }

  isFresh(): boolean {
    return !this.#socket.destroyed && performance.now() < this.#freshUntilMs;
  }

  ask(question: Question): void {
    this.#question = question;
    this.#reader = new ResponseReader(question);
    this.#socket.write(question.bytes);
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Nobody waits for the answer to this question any more. */
  cutOff(question: Question): void {
    if (this.#question === question) {
      this.#question = undefined;
      this.close();
    }
  }

  #read(piece: Buffer): void {
    if (this.#reader === undefined || this.#question === undefined) {
      this.close();
      return;
    }
    try {
      if (this.#reader.feed(piece)) {
        this.#answered(this.#question, this.#reader);
      }
    } catch {
      this.#fail("no HTTP/1.1");
      this.close();
    }
  }

  #ended(): void {
    if (this.#reader?.end() === true && this.#question !== undefined) {
      this.#answered(this.#question, this.#reader);
    }
    this.close();
  }

  #answered(question: Question, { status, body, mayReuse, keptOpenMs }: ResponseReader): void {
    this.#question = undefined;
    this.#reader = undefined;
    question.onAnswer({ status, body });
    if (mayReuse) {
      this.#freshUntilMs = performance.now() + Math.min(idleMs, keptOpenMs - 1_000);
      this.#onFree(this);
    } else {
      this.close();
    }
  }

  #fail(failure: string): void {
    const question = this.#question;
    this.#question = undefined;
    question?.onAnswer({ failure });
  }
}
