import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { close, listen } from "./listen.ts";

type Inspect = (options: { withMessages: boolean }) => object | Promise<object>;

/** Serves what `inspect` gives, for reading only. */
export async function startInspectServer(inspect: Inspect) {
  const server = createServer((request, response) => answer(request, response, inspect));
  const url = await listen(server, 0, "the inspection");
  return {
    url,
    close: () => close(server),
  };
}

function answer(request: IncomingMessage, response: ServerResponse, inspect: Inspect): void {
  // Not `new URL`, which throws at what clients send by mistake, such as "//".
  const [pathname = "/", query] = (request.url ?? "/").split("?", 2);
  if (!isOurName(request.headers.host)) {
    // A web page could point a name of its own at 127.0.0.1 and read the queues.
    send(response, 403, { error: `Expected the host 127.0.0.1 or localhost, got ${request.headers.host}` });
  } else if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    send(response, 405, { error: `Expected GET, got ${request.method}: this is for reading only` });
  } else if (pathname !== "/") {
    send(response, 404, { error: `Expected /, got ${pathname}` });
  } else {
    const withMessages = new URLSearchParams(query).get("bodies") !== "no";
    Promise.resolve(inspect({ withMessages })).then(
      (seen) => send(response, 200, seen),
      (error: unknown) => send(response, 502, { error: String(error) }),
    );
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  // For a person at a browser, too.
  const text = `${JSON.stringify(body, null, 2)}\n`;
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
  });
  response.end(text);
}

const isOurName = (host = "") => /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(host);
