import { randomInt } from "node:crypto";
import { once } from "node:events";
import { Server as HttpServer } from "node:http";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { UsageError } from "#shared/command.ts";

const whyRefused: Readonly<Record<string, string>> = {
  EADDRINUSE: "another process listens on it; stop that one or choose another port",
  EACCES: "this system keeps it for itself; choose another port",
  ERR_SOCKET_BAD_PORT: "ports end at 65535; choose a lower one",
};

/**
 * Listens on 127.0.0.1 and nowhere else, by default on any free port. An HTTP server answers programs on this machine and the pages
 * that it serves itself. Requests of any other web page get 403 ({@link foreignIn}). Throws a {@link UsageError} that names the
 * server as `what` if the port is not available.
 */
export async function listen(
  server: Server,
  port = 0,
  what?: string,
): Promise<{ port: number; url: string }> {
  if (server instanceof HttpServer) {
    // The client closes idle connections: a server that closes first (Node: after 5 s) now and then breaks a request.
    server.keepAliveTimeout = 0;
    guard(server);
  }
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch (cause) {
    const why = whyRefused[(cause as NodeJS.ErrnoException).code ?? ""];
    const wanted = what === undefined ? `port ${port}` : `port ${port} for ${what}`;
    throw why === undefined ? cause : new UsageError(`Expected ${wanted} to be free, but ${why}.`, { cause });
  }
  const { port: boundPort } = server.address() as AddressInfo;
  return { port: boundPort, url: `http://127.0.0.1:${boundPort}` };
}

const guarded = new WeakSet<HttpServer>();

/** Puts the check before everything that answers the server's requests. */
function guard(server: HttpServer): void {
  if (guarded.has(server)) {
    return;
  }
  guarded.add(server);
  const answerers = server.listeners("request") as RequestListener[];
  server.removeAllListeners("request");
  server.on("request", (request, response) => {
    const foreign = foreignIn(request);
    if (foreign === undefined) {
      answerers.forEach((answer) => answer.call(server, request, response));
    } else {
      refuse(response, foreign);
    }
  });
}

const ourName = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/i;

/**
 * What shows that a request comes from a foreign web page, such as `the Origin "https://example.com"`. Undefined for every other
 * request. A page sends its Origin with everything that could change something. A page whose own name points to 127.0.0.1 (DNS
 * rebinding) sends that name as Host. The port is not compared, since a proxy forwards its own.
 */
export function foreignIn({ headers }: Pick<IncomingMessage, "headers">): string | undefined {
  const { host = "", origin } = headers;
  if (!ourName.test(host)) {
    return `the Host ${JSON.stringify(host.slice(0, 80))}`;
  }
  return origin === undefined || origin === `http://${host}`
    ? undefined
    : `the Origin ${JSON.stringify(String(origin).slice(0, 80))}`;
}

function refuse(response: ServerResponse, foreign: string): void {
  const body = JSON.stringify({
    type: "about:blank",
    title: "Only for this machine",
    status: 403,
    detail: `Expected a program of this machine at 127.0.0.1 or localhost, got ${foreign}; a page of a browser has no business here`,
  });
  // Don't read the rest of the body.
  response
    .writeHead(403, {
      "content-type": "application/problem+json",
      "content-length": Buffer.byteLength(body),
      connection: "close",
    })
    .end(body);
}

/** Stops listening and ends every connection of an HTTP server, since a kept-alive one would hold it open. */
export async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  if (server instanceof HttpServer) {
    server.closeAllConnections();
  }
  await closed;
}

// Systems assign ports for connections and for "any port" from 32768 up (Linux) or from 49152 up (macOS, Windows).
const [lowestPort, portsEnd] = [20_000, 30_000];
const mostTries = 50;

/**
 * A port that no process uses at this moment, from a range that systems don't assign from: PostgreSQL, for example, takes seconds
 * until it listens.
 */
export async function freePort(): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    const server = createServer();
    try {
      const { port } = await listen(server, randomInt(lowestPort, portsEnd));
      await close(server);
      return port;
    } catch (error) {
      if (tries === mostTries) {
        throw error;
      }
    }
  }
}
