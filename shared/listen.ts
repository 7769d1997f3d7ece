import { randomInt } from "node:crypto";
import { once } from "node:events";
import { Server as HttpServer } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { UsageError } from "#shared/command.ts";

const whyRefused: Readonly<Record<string, string>> = {
  EADDRINUSE: "another process listens on it; stop that one or choose another port",
  EACCES: "this system keeps it for itself; choose another port",
  ERR_SOCKET_BAD_PORT: "ports end at 65535; choose a lower one",
};

/**
 * Listens on 127.0.0.1 and nowhere else, on a free port unless one is given. `what` names the server if the port can't be
 * had: then it throws a {@link UsageError}.
 */
export async function listen(
  server: Server,
  port = 0,
  what?: string,
): Promise<{ port: number; url: string }> {
  if (server instanceof HttpServer) {
    // The client ends an idle connection: a server that closes first (Node: after 5 s) breaks a request now and then.
    server.keepAliveTimeout = 0;
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

/** Stops listening and ends every connection of an HTTP server: one that is kept alive would hold it open. */
export async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  if (server instanceof HttpServer) {
    server.closeAllConnections();
  }
  await closed;
}

// A system gives connections, and servers that ask for any port, one from 32768 up (Linux) or from 49152 up (macOS, Windows).
const [lowestPort, portsEnd] = [20_000, 30_000];
const mostTries = 50;

/**
 * A port that no process has at this moment, from a range that the system gives nobody by itself: PostgreSQL, for one, takes
 * seconds until it listens.
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
