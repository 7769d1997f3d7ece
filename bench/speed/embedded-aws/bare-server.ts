// The minimal HTTP server in Node: the load process can't measure more than what it reaches against this.
import { createServer } from "node:http";
import { onStop, tellReady } from "#shared/child.ts";
import { close, listen } from "#shared/listen.ts";

const server = createServer((request, response) => {
  request.resume().on("end", () => response.writeHead(200, { "Content-Length": 2 }).end("{}"));
});
onStop(() => close(server));
tellReady(await listen(server));
