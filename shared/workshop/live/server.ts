// Serves the live page to this machine. The code that answers is loaded on the first request: most who run a chapter never open its
// page.
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import { close, listen } from "#shared/listen.ts";
import type { PageSession } from "./session.ts";

interface LiveServer {
  url: string;
  /** Loads everything that the first answer needs, so that it comes at once. */
  prepare: () => Promise<void>;
  close: () => Promise<void>;
}

/** Serves it on 127.0.0.1, by default at any free port. Throws a `UsageError` if the port is taken. `say` gets a line for each action. */
export async function serveLive(
  sessions: readonly PageSession[],
  say: (line: string) => void,
  port = 0,
): Promise<LiveServer> {
  const over = new AbortController();
  let loading: Promise<RequestListener> | undefined;
  const load = () =>
    (loading ??= import("./app.ts").then(({ liveApp }) => liveApp(sessions, say, over.signal)));
  const server = createServer((request, response) => {
    load().then(
      (answer) => answer(request, response),
      (error: unknown) => {
        response.writeHead(500, { "content-type": "text/plain" }).end(`${String(error)}\n`);
      },
    );
  });
  const { url } = await listen(server, port, "the live page");
  return {
    url: `${url}/`,
    prepare: async () => void (await load()),
    close: async () => {
      over.abort();
      await close(server);
    },
  };
}
