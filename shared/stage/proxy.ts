import { Agent, createServer, request as httpRequest } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { connect, createServer as createTcpServer } from "node:net";
import type { Server, Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { close, listen } from "#shared/listen.ts";

interface SeenRequest {
  method: string;
  path: string;
  /** The operation of the AWS SDK, such as "GetItem", from the header `X-Amz-Target`. */
  operation: string | undefined;
  body: string;
}

export interface Proxy {
  url: string;
  /** Sets where requests go from now on. Earlier requests wait for it. */
  target: (url: string) => void;
  /** Holds back the answers to matching requests, which have had their effect, until {@link Proxy.release}. */
  hold: (matches: (request: SeenRequest) => boolean) => void;
  /** How many answers are held back. */
  held: () => number;
  /** Sends the answers that are held back, and stops holding. */
  release: () => void;
  /** Refuses connections, as if nothing listened on the port, or listens again. */
  refuse: (on: boolean) => Promise<void>;
  /** Accepts requests, but neither forwards nor answers them. They hang until their caller gives up. */
  hang: (on: boolean) => void;
  /** Every request so far, in order. */
  seen: readonly SeenRequest[];
  close: () => Promise<void>;
}

/** A proxy between an SDK client and the embedded AWS, so that a test decides whether and when an answer arrives. */
export async function startProxy(): Promise<Proxy> {
  const agent = new Agent({ keepAlive: true });
  const seen: SeenRequest[] = [];
  const held: (() => void)[] = [];
  let matches: (request: SeenRequest) => boolean = () => false;
  let hangs = false;
  let setTarget: (url: URL) => void = () => {};
  let target = new Promise<URL>((resolve) => {
    setTarget = resolve;
  });

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const what = describe(request, body);
    seen.push(what);
    if (hangs) {
      return;
    }
    const mustHold = matches(what);
    const answer = await ask(await target, request, response, body, agent);
    const handOut = () => response.writeHead(answer.status, answer.rawHeaders).end(answer.body);
    if (mustHold && matches(what)) {
      held.push(handOut);
    } else {
      handOut();
    }
  }

  const server = createServer((request, response) => {
    // Any error behind the proxy looks like a cut connection in front of it.
    pass(request, response).catch(() => response.destroy());
  });
  const { url, refuse, close } = await listenLocally(server);
  return {
    url,
    seen,
    target: (url) => {
      setTarget(new URL(url));
      target = Promise.resolve(new URL(url));
    },
    hold: (predicate) => {
      matches = predicate;
    },
    held: () => held.length,
    release: () => {
      matches = () => false;
      held.splice(0).forEach((handOut) => handOut());
    },
    refuse,
    hang: (on) => {
      hangs = on;
    },
    close: async () => {
      agent.destroy();
      await close();
    },
  };
}

export interface TcpProxy {
  /** On 127.0.0.1. */
  port: number;
  /** Sets where connections go from now on. */
  target: (port: number) => void;
  /** Refuses connections, as if nothing listened on the port, and ends existing ones; or listens again. */
  refuse: (on: boolean) => Promise<void>;
  /** Accepts connections and forwards nothing. Turning it off closes the existing ones. */
  hang: (on: boolean) => void;
  close: () => Promise<void>;
}

/** A proxy between a client and a server that don't speak HTTP, such as PostgreSQL. */
export async function startTcpProxy(): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let targetPort = 0;
  let hangs = false;
  const keep = (socket: Socket, other: () => Socket | undefined) => {
    sockets.add(socket);
    // A cut-off client shows as an error. Its other half is closed as after any end.
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => hangs || other()?.write(chunk));
    socket.on("close", () => {
      sockets.delete(socket);
      other()?.destroy();
    });
  };
  const server = createTcpServer((client) => {
    const upstream = hangs ? undefined : connect(targetPort, "127.0.0.1");
    keep(client, () => upstream);
    if (upstream) {
      keep(upstream, () => client);
    }
  });
  const endAll = () => sockets.forEach((socket) => socket.destroy());
  return {
    ...(await listenLocally(server, endAll)),
    target: (port) => {
      targetPort = port;
    },
    hang: (on) => {
      hangs = on;
      if (!on) {
        endAll();
      }
    },
  };
}

/** Listens on a free port of 127.0.0.1, and on the same one again after refusing connections. */
async function listenLocally(server: Server, endAll = () => {}) {
  const { port, url } = await listen(server);
  const stop = async () => {
    const stopped = close(server);
    endAll();
    await stopped;
  };
  const refuse = async (on: boolean) => {
    if (on === server.listening) {
      await (on ? stop() : listen(server, port));
    }
  };
  return { port, url, refuse, close: stop };
}

function describe(request: IncomingMessage, body: Buffer): SeenRequest {
  const operation = request.headers["x-amz-target"];
  return {
    method: request.method ?? "",
    path: request.url ?? "",
    operation: typeof operation === "string" ? operation.split(".").at(-1) : undefined,
    body: body.toString("utf8"),
  };
}

interface BackendAnswer {
  status: number;
  rawHeaders: string[];
  body: Buffer;
}

function ask(target: URL, request: IncomingMessage, response: ServerResponse, body: Buffer, agent: Agent) {
  return new Promise<BackendAnswer>((resolve, reject) => {
    const { method, url: path, rawHeaders } = request;
    const forwarded = httpRequest(
      { host: target.hostname, port: target.port, method, path, headers: rawHeaders, agent },
      (answer) => {
        const { statusCode: status = 502, rawHeaders: answered } = answer;
        buffer(answer).then((read) => resolve({ status, rawHeaders: answered, body: read }), reject);
      },
    );
    // If the caller of a long poll left, the server behind the proxy must see that too.
    response.once("close", () => {
      if (!response.writableEnded) {
        forwarded.destroy();
      }
    });
    forwarded.once("error", reject).end(body);
  });
}
