import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { UsageError } from "#shared/command.ts";

interface Serving {
  /** 0: a free one. */
  port: number;
  /** Gives the deck anew. */
  build: () => Promise<string>;
  /** Says why a page shows an older deck. */
  onError: (message: string) => void;
}

export interface DeckServer {
  url: string;
  close: () => Promise<void>;
}

const host = "127.0.0.1";

/**
 * Serves the deck to this machine alone, built anew for each load; while it can't be built, the last good one is shown.
 * Throws what the first build throws, and a {@link UsageError} if the port is taken.
 */
export async function serveDeck({ port, build, onError }: Serving): Promise<DeckServer> {
  let lastGood = await build();
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = "", url = "/" } = request;
    const refusal = refusalOf(request, portOf());
    if (refusal !== undefined) {
      send(request, response, refusal.status, `${refusal.words}\n`, "text/plain");
      return;
    }
    if (url.split(/[?#]/)[0] !== "/") {
      send(request, response, 404, "There is only the deck, at /.\n", "text/plain");
      return;
    }
    // The frames of the presenter view show what the page shows that opened them.
    if (method === "GET" && !url.includes("receiver")) {
      try {
        lastGood = await build();
      } catch (error) {
        onError(error instanceof Error ? error.message : String(error));
      }
    }
    send(request, response, 200, lastGood, "text/html");
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      onError(String(error));
      response.destroy();
    });
  });
  const portOf = () => (server.address() as AddressInfo).port;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === "EADDRINUSE" || cause.code === "EACCES"
          ? new UsageError(
              `Expected to listen on port ${port}, but ${cause.code === "EACCES" ? "this system keeps it for itself" : "it is in use"}; ` +
                "write `npm run slides port=8080`, or leave it out for a free one.",
              { cause },
            )
          : cause,
      ),
    );
    server.listen(port, host, resolve);
  });
  return {
    url: `http://${host}:${portOf()}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Another page in the same browser can send requests here, but only with its own name for this machine. */
function refusalOf({ method = "", headers }: IncomingMessage, port: number) {
  const names = [`${host}:${port}`, `localhost:${port}`];
  if (!names.includes(headers.host ?? "")) {
    return { status: 403, words: `Expected the host ${names[0]}; open that address.` };
  }
  if (method !== "GET" && method !== "HEAD") {
    return { status: 405, words: "Expected GET; there is nothing to change here." };
  }
  return undefined;
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: string,
  type: string,
): void {
  response.writeHead(status, {
    "Content-Type": `${type}; charset=utf-8`,
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    ...(status === 405 && { Allow: "GET, HEAD" }),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}
