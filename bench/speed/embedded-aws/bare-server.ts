// The least that an HTTP server in Node can do: what the load process reaches against it is the most it can measure.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onStop, tellReady } from "#shared/child.ts";

const server = createServer((request, response) => {
  request.resume().on("end", () => response.writeHead(200, { "Content-Length": 2 }).end("{}"));
});
onStop(() => {
  server.close();
  server.closeAllConnections();
});
server.listen(0, "127.0.0.1", () => {
  tellReady({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
