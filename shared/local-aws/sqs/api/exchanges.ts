import { Server } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { foreignIn } from "#shared/listen.ts";
import { readSimpleRequest, writeAnswer } from "./simple-request.ts";
import type { SimpleRequest } from "./simple-request.ts";

/** A request that has arrived whole, and its answer. */
export interface Exchange {
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Aborted if the client hangs up before the answer. */
  hangUpSignal(): AbortSignal;
  /** Once. `headers` are names and values in turn, with the body's type and length. */
  answer(status: number, headers: readonly string[], body: string): void;
}

interface ExchangeOptions {
  /** A longer body is refused before it fills the memory. */
  bodyBytesMax: number;
  use: (exchange: Exchange) => void;
}

/**
 * An HTTP server for short requests. It reads and answers what SDKs send itself, which is faster than through node:http's streams:
 * `npm run bench:aws` measures both. The first request in another form leaves its connection to node:http, which knows the rest of
 * HTTP.
 */
export class ExchangeServer extends Server {
  readonly #sockets = new Set<Socket>();

  constructor(options: ExchangeOptions) {
    super((request, response) => exchangeByNode(request, response, options));
    const leaveToNode = this.listeners("connection") as ((this: Server, socket: Socket) => void)[];
    this.removeAllListeners("connection");
    this.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
      new SimpleConnection(socket, options, () => leaveToNode.forEach((take) => take.call(this, socket)));
    });
  }

  override closeAllConnections(): void {
    this.#sockets.forEach((socket) => socket.destroy());
  }
}

/** A connection on which only simple requests have arrived so far, each after the answer to the one before. */
class SimpleConnection {
  readonly #socket: Socket;
  readonly #options: ExchangeOptions;
  readonly #leaveToNode: () => void;
  #current: SimpleExchange | undefined;
  readonly #early: Buffer[] = [];
  #earlyBytes = 0;

  constructor(socket: Socket, options: ExchangeOptions, leaveToNode: () => void) {
    this.#socket = socket;
    this.#options = options;
    this.#leaveToNode = leaveToNode;
    socket.on("data", this.#read).on("end", this.#end).on("close", this.#end).on("error", this.#fail);
  }

  readonly #read = (piece: Buffer) => {
    if (this.#current !== undefined) {
      this.#keep(piece);
      return;
    }
    const request = piece.length > this.#options.bodyBytesMax ? undefined : readSimpleRequest(piece);
    if (request === undefined || foreignIn(request) !== undefined) {
      this.#leave(piece);
      return;
    }
    this.#current = new SimpleExchange(request, this.#socket, this.#answered);
    this.#options.use(this.#current);
  };

  // The client doesn't wait for its answer, or doesn't read it. We go on reading, to see when it hangs up, but not without end.
  #keep(piece: Buffer): void {
    this.#early.push(piece);
    this.#earlyBytes += piece.length;
    if (this.#earlyBytes > this.#options.bodyBytesMax) {
      this.#socket.pause();
    }
  }

  readonly #answered = () => {
    this.#current = undefined;
    // Not if the client has hung up: node:http would wait for ever for an end that has already come.
    if (this.#early.length > 0 && this.#socket.readable) {
      this.#leave(Buffer.concat(this.#early));
    }
  };

  // The client's side ends first. "close" comes a few turns later, when a message may already be lost.
  readonly #end = () => {
    this.#current?.hangUp();
    this.#socket.end();
  };

  // "close" follows.
  readonly #fail = () => {};

  #leave(unread: Buffer): void {
    const socket = this.#socket;
    socket.off("data", this.#read).off("end", this.#end).off("close", this.#end).off("error", this.#fail);
    socket.unshift(unread);
    this.#leaveToNode();
    socket.resume();
  }
}

class SimpleExchange implements Exchange {
  readonly method = "POST";
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly #socket: Socket;
  readonly #answered: () => void;
  #hangUp: AbortController | undefined;

  /** Calls `answered` when the answer is written and the client has read most of it. */
  constructor({ headers, body }: SimpleRequest, socket: Socket, answered: () => void) {
    this.headers = headers;
    this.body = body;
    this.#socket = socket;
    this.#answered = answered;
  }

  hangUpSignal(): AbortSignal {
    this.#hangUp ??= new AbortController();
    if (this.#socket.destroyed || this.#socket.readableEnded) {
      this.#hangUp.abort();
    }
    return this.#hangUp.signal;
  }

  hangUp(): void {
    this.#hangUp?.abort();
  }

  answer(status: number, headers: readonly string[], body: string): void {
    // To a client that has hung up a write would fail, and take an earlier answer along that is still on its way.
    if (!this.#socket.writable || this.#socket.write(writeAnswer(status, headers, body))) {
      this.#answered();
    } else {
      this.#socket.once("drain", this.#answered);
    }
  }
}

function exchangeByNode(
  request: IncomingMessage,
  response: ServerResponse,
  { bodyBytesMax, use }: ExchangeOptions,
): void {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  request.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > bodyBytesMax) {
      response.writeHead(413).end(() => request.destroy());
      request.removeAllListeners("data").removeAllListeners("end").resume();
    }
  });
  request.on("end", () =>
    use({
      method: request.method,
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
      hangUpSignal: () => hangUpSignal(request, response),
      answer: (status, headers, body) => response.writeHead(status, [...headers]).end(body),
    }),
  );
}

// As in SimpleConnection, "end" comes before "close".
function hangUpSignal({ socket }: IncomingMessage, response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  const hangUp = () => controller.abort();
  socket.once("end", hangUp).once("close", hangUp);
  response.once("finish", () => socket.off("end", hangUp).off("close", hangUp));
  if (socket.destroyed || socket.readableEnded) {
    hangUp();
  }
  return controller.signal;
}
