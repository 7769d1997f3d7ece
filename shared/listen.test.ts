import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { UsageError } from "#shared/command.ts";
import { close, freePort, listen } from "#shared/listen.ts";
import { projectFolder } from "#shared/run/chapters.ts";
import { statusFor } from "#shared/testing/foreign-page.ts";

async function startServer(port?: number) {
  const server = createServer((_request, response) => response.end("here"));
  onTestFinished(() => close(server));
  return { server, ...(await listen(server, port)) };
}

it("listens on 127.0.0.1 only, on the requested port", async () => {
  const wanted = await freePort();

  const { server, port, url } = await startServer(wanted);

  expect(port).toBe(wanted);
  expect(server.address()).toMatchObject({ address: "127.0.0.1", port });
  expect(await (await fetch(url)).text()).toBe("here");
});

it("never closes an idle connection: only its client does", async () => {
  const { url } = await startServer();

  // In this header Node announces when the server closes the connection.
  expect((await fetch(url)).headers.get("keep-alive")).toBeNull();
});

it("says in one sentence that a port is taken, and which server needed it", async () => {
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

it.each([
  ["a program", {}, 200],
  ["a program that says localhost", { host: "localhost:4711" }, 200],
  ["a program behind a proxy of this machine", { host: "127.0.0.1:9" }, 200],
  ["a page of a site", { origin: "https://example.com" }, 403],
  ["a page in a frame without an origin", { origin: "null" }, 403],
  ["a page of another server of this machine", { origin: "http://127.0.0.1:9" }, 403],
  ["a site whose name was pointed here", { host: "example.com" }, 403],
  ["a site whose name begins like ours", { host: "127.0.0.1.example.com" }, 403],
  ["a page that asks whether it may", { origin: "https://example.com", method: "OPTIONS" }, 403],
])(
  "answers %s, %j, with %i",
  async (_who, { method = "POST", ...headers }: Record<string, string>, status) => {
    const { url } = await startServer();

    expect(await statusFor(url, { method, headers })).toBe(status);
  },
);

it("answers the pages that it serves itself", async () => {
  const { url } = await startServer();

  expect(await statusFor(url, { method: "POST", headers: { origin: url } })).toBe(200);
});

it("says what it expected, and who sent the request", async () => {
  const { url } = await startServer();

  const answer = await fetch(url, { method: "POST", headers: { origin: "https://example.com" }, body: "x" });

  expect(await answer.json()).toMatchObject({
    status: 403,
    detail: expect.stringMatching(
      /^Expected a program of this machine .*, got the Origin "https:\/\/example\.com"/,
    ),
  });
});

it("is the only place where anything listens", () => {
  const files = ["bench", "chapters", "shared", "slides"]
    .flatMap((room) =>
      readdirSync(join(projectFolder, room), { recursive: true, encoding: "utf8" }).map((file) =>
        join(room, file),
      ),
    )
    .filter((file) => file.endsWith(".ts") && !/\.test\.ts$|[\\/](testing|fixtures|results)[\\/]/.test(file));
  const listening = files.filter((file) =>
    /\.listen\(/.test(readFileSync(join(projectFolder, file), "utf8")),
  );

  expect(files.length).toBeGreaterThan(100);
  expect(listening.map((file) => file.replaceAll("\\", "/"))).toEqual(["shared/listen.ts"]);
});

it("closes although one client keeps its connection and another waits for an answer", async () => {
  const { server, url } = await startServer();
  await (await fetch(url)).text();
  server.removeAllListeners("request");
  const unanswered = fetch(url);
  unanswered.catch(() => {});

  await close(server);

  await expect(unanswered).rejects.toThrow("fetch failed");
});

it("finds a port that the system gives to no one else before the server listens", async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, freePort));

  expect(Math.min(...ports)).toBeGreaterThan(1_023);
  expect(Math.max(...ports)).toBeLessThan(32_768);
});
