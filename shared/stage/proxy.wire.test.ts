import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "#shared/testing/eventually.ts";
import { startProxy } from "#shared/stage/proxy.ts";
import type { Proxy } from "#shared/stage/proxy.ts";

let backend: Server;
let proxy: Proxy;
let served: string[];

beforeEach(async () => {
  served = [];
  backend = createServer((request, response) => {
    served.push(`${request.method} ${request.url}`);
    response.on("close", () => served.push("closed"));
    if (request.url !== "/long-poll") {
      response.setHeader("X-Amz-Crc32", "7");
      request.pipe(response);
    }
  });
  await new Promise<void>((resolve) => backend.listen(0, "127.0.0.1", resolve));
  proxy = await startProxy();
});
afterEach(async () => {
  await proxy.close();
  backend.closeAllConnections();
  backend.close();
});

const aim = () => proxy.target(`http://127.0.0.1:${(backend.address() as AddressInfo).port}`);
const ask = (operation: string, signal: AbortSignal | null = null) =>
  fetch(`${proxy.url}/`, {
    method: "POST",
    signal,
    body: operation,
    headers: { "x-amz-target": `DynamoDB_1.${operation}` },
  });

test("forwards requests and answers unchanged, and remembers them", async () => {
  const early = ask("GetItem");
  await eventually(() => expect(proxy.seen).toHaveLength(1));
  aim();

  const response = await early;

  expect(await response.text()).toBe("GetItem");
  expect(response.headers.get("x-amz-crc32")).toBe("7");
  expect(proxy.seen).toEqual([{ method: "POST", path: "/", operation: "GetItem", body: "GetItem" }]);
});

test("holds the answers to some requests until they are released", async () => {
  aim();
  proxy.hold(({ operation }) => operation === "GetItem");
  const both = Promise.all([ask("GetItem"), ask("GetItem")]);
  await eventually(() => expect(proxy.held()).toBe(2));

  expect((await ask("PutItem")).status).toBe(200);
  expect(served.filter((line) => line === "POST /")).toHaveLength(3);

  proxy.release();
  expect((await both).map(({ status }) => status)).toEqual([200, 200]);
  expect((await ask("GetItem")).status).toBe(200);
});

test("refuses connections, and accepts them again on the same port", async () => {
  aim();
  await proxy.refuse(true);
  const cause = await ask("GetItem").catch((error: Error) => error.cause);
  expect(cause).toMatchObject({ code: "ECONNREFUSED" });

  await proxy.refuse(false);
  expect((await ask("GetItem")).status).toBe(200);
});

test("hangs without forwarding anything", async () => {
  aim();
  proxy.hang(true);
  const impatience = new AbortController();
  const silent = ask("GetItem", impatience.signal);
  await eventually(() => expect(proxy.seen).toHaveLength(1));
  impatience.abort();

  await expect(silent).rejects.toThrow("aborted");
  expect(served).toEqual([]);
  proxy.hang(false);
  expect((await ask("GetItem")).status).toBe(200);
});

test("a caller who leaves a long poll leaves it behind the proxy too", async () => {
  aim();
  const impatience = new AbortController();
  const poll = fetch(`${proxy.url}/long-poll`, { signal: impatience.signal });
  await eventually(() => expect(served).toContain("GET /long-poll"));
  impatience.abort();

  await expect(poll).rejects.toThrow("aborted");
  await eventually(() => expect(served).toContain("closed"));
});
