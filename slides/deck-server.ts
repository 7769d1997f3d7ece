import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { close, listen } from "#shared/listen.ts";

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

/**
 * Serves the deck to this machine alone, built anew for each load; while it can't be built, the last good one is shown.
 * Throws what the first build throws, and a `UsageError` if the port is taken.
 */
export async function serveDeck({ port, build, onError }: Serving): Promise<DeckServer> {
  let lastGood = await build();
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = "", url = "/" } = request;
    const refusal = refusalOf(request);
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
  const { url: origin } = await listen(server, port);
  return { url: `${origin}/`, close: () => close(server) };
}

/** Another page in the same browser can send requests here, but only with its own name for this machine. */
function refusalOf({ method = "", headers, socket }: IncomingMessage) {
  const names = ["127.0.0.1", "localhost"].map((name) => `${name}:${socket.localPort}`);
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
