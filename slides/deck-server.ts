import { createServer } from "node:http";
import express from "express";
import { close, listen } from "#shared/listen.ts";

interface Serving {
  /** 0: any free port. */
  port: number;
  /** Builds the deck again. */
  build: () => Promise<string>;
  /** Called with the reason why a page shows an older deck. */
  onError: (message: string) => void;
}

export interface DeckServer {
  url: string;
  close: () => Promise<void>;
}

/**
 * Serves the deck to this machine only, built again for each load. While it can't be built, the last good one is shown. Throws what the
 * first build throws, and a `UsageError` if the port is taken.
 */
export async function serveDeck({ port, build, onError }: Serving): Promise<DeckServer> {
  let lastGood = await build();
  const app = express().disable("x-powered-by").disable("etag");
  app.use((request, response, next) => {
    response.set({ "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" });
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.status(405).set("Allow", "GET, HEAD").type("text");
      response.send("Expected GET; there is nothing to change here.\n");
    } else {
      next();
    }
  });
  app.get("/", async ({ method, url }, response) => {
    // The frames of the presenter view show the same as the page that opened them.
    if (method === "GET" && !url.includes("receiver")) {
      try {
        lastGood = await build();
      } catch (error) {
        onError(error instanceof Error ? error.message : String(error));
      }
    }
    response.type("html").send(lastGood);
  });
  app.use((_request, response) => {
    response.status(404).type("text").send("There is only the deck, at /.\n");
  });
  const server = createServer(app);
  const { url: origin } = await listen(server, port);
  return { url: `${origin}/`, close: () => close(server) };
}
