import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createPlain } from "node:http";
import type { RequestListener, Server } from "node:http";
import { createServer as createSecure } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, it } from "vitest";
import { inheritedEnvironment } from "#shared/run/environment.ts";
import { eventually } from "#shared/testing/eventually.ts";
import { descendantsOf, isAlive } from "#shared/testing/processes.ts";
import { askAgain } from "../load/closed-loop.ts";
import { startTruth } from "../truth/truths.ts";
import { measurementSchema } from "./report.ts";
import { selfSigned } from "#shared/testing/self-signed.ts";
import { nodeArguments } from "#shared/testing/typescript.ts";

function measure(words: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, nodeArguments(join(import.meta.dirname, "main.ts"), ...words), {
    env: { ...inheritedEnvironment(), ...env },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

/** A server in this process, to test particular requests and answers. */
async function listen(server: Server, onTestFinished: (stop: () => void) => void): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

async function hello(onTestFinished: (stop: () => Promise<void>) => void) {
  const server = await startTruth({ kind: "fixed", delayMs: 20 });
  onTestFinished(server.stop);
  const hasAnswered = () => eventually(async () => (await server.ownTimesMs()).length > 0);
  return { ...server, hasAnswered };
}

describe.concurrent("npm run measure", () => {
  it("prints one JSON object with both loops", async ({ expect, onTestFinished }) => {
    const server = await hello(onTestFinished);

    const { code, stdout } = await measure([server.url, "rate=20", "connections=2", "seconds=0.5", "json"])
      .ended;

    const { openLoop, closedLoop, trustworthy, ...rest } = measurementSchema.parse(JSON.parse(stdout));
    expect(rest).toMatchObject({ url: server.url, method: "GET", seed: 1, complete: true, problems: [] });
    expect(openLoop).toMatchObject({ scheduled: 10, response: { count: 10, never: 0 }, errors: {} });
    expect(openLoop?.response.p50Ms).toBeGreaterThan(15);
    expect(closedLoop?.response.count).toBeGreaterThan(2);
    // A busy machine may have made the sender late, and then it says so.
    expect(code).toBe(trustworthy ? 0 : 1);
  });

  it("prints what was measured when the server dies, and says so", async ({ expect, onTestFinished }) => {
    const server = await hello(onTestFinished);

    const { ended } = measure([server.url, "rate=20", "connections=2", "seconds=2"]);
    await server.hasAnswered();
    await server.stop();
    const { code, stdout } = await ended;

    expect(code).toBe(1);
    expect(stdout).toMatch(/answered +\d+ of 40 requests/);
    expect(stdout).toContain("x connection refused");
    expect(stdout).toContain("died during the measurement");
    expect(stdout).not.toContain("Closed loop");
  });

  it.skipIf(process.platform === "win32")(
    "prints what was measured on Ctrl-C, and leaves nothing running",
    async ({ expect, onTestFinished }) => {
      const server = await hello(onTestFinished);

      const { child, ended } = measure([server.url, "seconds=60"]);
      await server.hasAnswered();
      const started = descendantsOf(child.pid ?? 0);
      child.kill("SIGINT");
      const { code, stdout } = await ended;

      expect(code).toBe(130);
      expect(stdout).toContain("Not complete");
      expect(started.length).toBeGreaterThan(0);
      expect(started.filter(isAlive)).toEqual([]);
    },
  );

  it("does not trust a rate that the machine can't send, and says how late it was", async ({
    expect,
    onTestFinished,
  }) => {
    const server = await hello(onTestFinished);

    const { code, stdout } = await measure([server.url, "rate=10000", "seconds=0.1"]).ended;

    expect(code).toBe(1);
    expect(stdout).toContain("NOT TRUSTWORTHY");
    expect(stdout.replaceAll(/\s+/g, " ")).toMatch(/the worst of 1000 by \d+ ms/);
  });

  // Long enough that even the few closed-loop answers of a busy machine are too many.
  const openLoopMs = 2_000;
  // A server that treats the two loops differently looks like an instrument that reads its answers wrong.
  it.for<[what: string, later: RequestListener, says: RegExp]>([
    [
      "more answers a second than the other one's times allow",
      (_request, response) => void response.end("at once"),
      /The two loops contradict each other: the closed one counts \d+ answers a second over 2 connections, but no answer to the open one took less than [\d.]+ s, which makes 1 a second at most; the server changed/,
    ],
    [
      "no answer where the other one has all of them",
      (_request, response) => void response.writeHead(404).end(),
      /The two loops contradict each other: the open one had 10 of 10 requests answered, the closed one 0 of \d+ requests; the server limits/,
    ],
  ])(
    "doesn't trust two loops if one of them finds %s",
    async ([_what, later, says], { expect, onTestFinished }) => {
      let asked = 0;
      const server = createPlain((request, response) => {
        asked += 1;
        const isOfOpenLoop = asked <= 10;
        setTimeout(
          () => (isOfOpenLoop ? response.end("slowly") : later(request, response)),
          isOfOpenLoop ? openLoopMs : 0,
        );
      });
      const port = await listen(server, onTestFinished);

      const { code, stdout } = await measure([
        `http://127.0.0.1:${port}/`,
        "rate=20",
        "connections=2",
        "seconds=0.5",
        "limit=60",
      ]).ended;

      expect(code).toBe(1);
      expect(stdout.replaceAll(/\s+/g, " ")).toMatch(says);
      expect(stdout.match(/NOT TRUSTWORTHY: /g)).toHaveLength(2);
      expect(stdout.replaceAll(/\s+/g, " ").match(/the other loop contradicts it, see below/g)).toHaveLength(
        2,
      );
    },
  );

  it("says in one sentence that nothing listens there, or that it expected a URL", async ({ expect }) => {
    const [nobody, nothing] = await Promise.all([measure(["http://127.0.0.1:1/"]).ended, measure([]).ended]);

    expect(nobody).toMatchObject({ code: 1, stdout: "" });
    expect(nobody.stderr).toMatch(/^Expected a server at http:\/\/127.0.0.1:1\/.*nothing listens/s);
    expect(nothing).toMatchObject({ code: 2, stdout: "" });
    expect(nothing.stderr).toContain("npm run measure URL");
  });

  it("sends what it is told, and doesn't count an error as an answer", async ({ expect, onTestFinished }) => {
    const seen = new Set<string>();
    const refuse: RequestListener = (request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        seen.add(`${request.method} ${request.url} ${String(request.headers["x-seat"])} ${body}`);
        response.writeHead(503).end();
      });
    };
    const port = await listen(createPlain(refuse), onTestFinished);

    const { code, stdout } = await measure([
      `http://localhost:${port}/seats?row=1`,
      'body={"seat":7}',
      "header=X-Seat: 7",
      "rate=10",
      "connections=1",
      "seconds=0.3",
    ]).ended;

    expect([...seen]).toEqual(['POST /seats?row=1 7 {"seat":7}']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/answered +0 of 3 requests\n +took +p50 never/);
    expect(stdout).toContain("3 x answer 503");
    expect(stdout).toContain("Expected answers of 2xx, got none but answer 503");
  });

  it("measures a server that closes the connection after each answer", async ({ expect, onTestFinished }) => {
    const close: RequestListener = (_request, response) => {
      setTimeout(() => response.writeHead(200, { connection: "close" }).end("ok"), 20);
    };
    const port = await listen(createPlain(close), onTestFinished);

    const { finishedMs, failures } = await askAgain({
      url: `http://127.0.0.1:${port}/`,
      connections: 2,
      warmupSeconds: 0,
      // It ends long before, with as many requests as it may send.
      seconds: 60,
      method: "GET",
      body: () => "",
      check: (_place, status) => (status === 200 ? undefined : `answer ${status}`),
      maxRequests: 10,
    });

    expect([...failures]).toEqual([]);
    expect(finishedMs).toHaveLength(10);
    expect(Math.min(...finishedMs)).toBeGreaterThan(15);
  });

  it("uses TLS, and only with a server whose certificate is valid", async ({ expect, onTestFinished }) => {
    const { key, cert } = selfSigned();
    const ownCertificate = join(mkdtempSync(join(tmpdir(), "take-a-ticket-")), "localhost.pem");
    onTestFinished(() => rmSync(dirname(ownCertificate), { recursive: true }));
    writeFileSync(ownCertificate, cert);
    const server = createSecure({ key, cert }, (_request, response) => response.end("ok"));
    const port = await listen(server, onTestFinished);
    const words = [`https://localhost:${port}/`, "rate=10", "connections=1", "seconds=0.3", "json"];

    const [unknown, known] = await Promise.all([
      measure(words).ended,
      measure(words, { NODE_EXTRA_CA_CERTS: ownCertificate }).ended,
    ]);

    expect(unknown).toMatchObject({ code: 1, stdout: "" });
    expect(unknown.stderr).toContain("self-signed certificate");
    const { openLoop, closedLoop } = measurementSchema.parse(JSON.parse(known.stdout));
    expect([openLoop?.errors, closedLoop?.errors]).toEqual([{}, {}]);
  });
});
