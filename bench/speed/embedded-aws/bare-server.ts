// The least that an HTTP server in Node can do: what the load process reaches against it is the most it can measure.
import { createServer } from "node:http";
import { onStop, tellReady } from "#shared/child.ts";
import { close, listen } from "#shared/listen.ts";

const server = createServer((request, response) => {
  request.resume().on("end", () => response.writeHead(200, { "Content-Length": 2 }).end("{}"));
});
onStop(() => close(server));
tellReady(await listen(server));
