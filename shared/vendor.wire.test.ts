import { createServer } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createVendor } from "#shared/vendor.ts";

const activation = { eventId: "e-1", macAddress: "00-00-5E-10-00-00-00-00" };
const seen: { url: string | undefined; headers: IncomingHttpHeaders }[] = [];
const server = createServer((request, response) => {
  seen.push({ url: request.url, headers: request.headers });
  request.resume();
  response.writeHead(201).end("{}");
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

it.each([
  { how: "without a key", user: "", key: undefined, sends: undefined },
  { how: "with the key that it is given", user: "", key: "k-1", sends: "Bearer k-1" },
  { how: "with the password of its URL", user: "key:k-2@", key: undefined, sends: "Bearer k-2" },
])("asks the vendor $how", async ({ user, key, sends }) => {
  const { port } = server.address() as AddressInfo;

  await createVendor({ vendorUrl: `http://${user}127.0.0.1:${port}/`, key })(activation);

  const { url, headers } = seen.at(-1) ?? { headers: {} };
  expect([url, headers.authorization]).toEqual(["/provisionings", sends]);
});
