import { createServer } from "node:http";
import { expect, it, onTestFinished } from "vitest";
import { UsageError } from "#shared/command.ts";
import { close, freePort, listen } from "#shared/listen.ts";

async function startServer(port?: number) {
  const server = createServer((_request, response) => response.end("here"));
  onTestFinished(() => close(server));
  return { server, ...(await listen(server, port)) };
}

it("listens on 127.0.0.1 only, on the port that was asked for", async () => {
  const wanted = await freePort();

  const { server, port, url } = await startServer(wanted);

  expect(port).toBe(wanted);
  expect(server.address()).toMatchObject({ address: "127.0.0.1", port });
  expect(await (await fetch(url)).text()).toBe("here");
});

it("ends no connection that is kept alive: only its client does", async () => {
  const { url } = await startServer();

  // Node says in this header after how many seconds a server ends it.
  expect((await fetch(url)).headers.get("keep-alive")).toBeNull();
});

it("says in one sentence that a port is taken, and for which server", async () => {
  const { port } = await startServer();

  const refused = listen(createServer(), port, "SQS");

  await expect(refused).rejects.toThrow(UsageError);
  await expect(refused).rejects.toThrow(
    `Expected port ${port} for SQS to be free, but another process listens on it; stop that one or choose another port.`,
  );
});

it("says in one sentence that there is no such port", async () => {
  await expect(listen(createServer(), 70_000)).rejects.toThrow(
    new UsageError("Expected port 70000 to be free, but ports end at 65535; choose a lower one."),
  );
});

it("closes although a client keeps its connection and another waits for an answer", async () => {
  const { server, url } = await startServer();
  await (await fetch(url)).text();
  server.removeAllListeners("request");
  const unanswered = fetch(url);
  unanswered.catch(() => {});

  await close(server);

  await expect(unanswered).rejects.toThrow("fetch failed");
});

it("finds a port that the system gives nobody else before it is listened on", async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, freePort));

  expect(Math.min(...ports)).toBeGreaterThan(1_023);
  expect(Math.max(...ports)).toBeLessThan(32_768);
});
