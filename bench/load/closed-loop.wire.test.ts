import { createServer } from "node:net";
import { afterEach, expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { close, listen } from "#shared/listen.ts";
import { askAgain, measureClosedLoop } from "./closed-loop.ts";
import { startFixture } from "../testing/start-fixture.ts";

const devices = Array.from({ length: 200 }, (_, index) => deviceAt(index));
let fixture: Awaited<ReturnType<typeof startFixture>> | undefined;
afterEach(() => fixture?.stop());
const requestsOf = ({ finishedMs, never }: Awaited<ReturnType<typeof measureClosedLoop>>) =>
  finishedMs.length + never;

// A machine that stands still for a moment spoils one measurement; wrong logic spoils all of them.
it("measures times exactly", { retry: 4 }, async () => {
  const delayMs = 150;
  fixture = await startFixture({ delayMs });

  const result = await measureClosedLoop({
    url: fixture.url,
    connections: 5,
    warmupSeconds: 0.2,
    seconds: 0.5,
    devices,
  });

  expect(result.never).toBe(0);
  const { finishedMs } = result;
  const p50Ms = finishedMs.toSorted((left, right) => left - right)[Math.ceil(finishedMs.length / 2) - 1];
  expect(p50Ms).toBeGreaterThanOrEqual(delayMs - 1);
  expect(p50Ms).toBeLessThan(delayMs + 500);
  // Five connections with at most ten answers each in that time, and one that had begun.
  expect(requestsOf(result)).toBeGreaterThanOrEqual(5);
  expect(requestsOf(result)).toBeLessThanOrEqual(5 * 6);
});

it("waits for the answers to all requests sent in time: cutting them off would leave out the slowest", async () => {
  fixture = await startFixture({ delayMs: 600 });

  const result = await measureClosedLoop({
    url: fixture.url,
    connections: 5,
    warmupSeconds: 0,
    seconds: 0.3,
    devices,
  });

  expect(requestsOf(result)).toBe(5);
});

it("requests every device once, and ends when they are used up", async () => {
  fixture = await startFixture({ delayMs: 0 });

  const result = await measureClosedLoop({
    url: fixture.url,
    connections: 4,
    warmupSeconds: 0,
    seconds: 20,
    devices,
  });

  expect(requestsOf(result)).toBeLessThanOrEqual(devices.length);
  expect(requestsOf(result)).toBeGreaterThan(devices.length / 2);
});

it("has no figures for wrong answers", async () => {
  fixture = await startFixture({ delayMs: 0, odd: { "c-20": "502" } });

  const measured = measureClosedLoop({
    url: fixture.url,
    connections: 2,
    warmupSeconds: 0,
    seconds: 5,
    devices,
  });

  await expect(measured).rejects.toThrow("1 answers were wrong");
});

it("counts a connection that the server closes as a request without an answer, and spoils no other one's time", async () => {
  fixture = await startFixture({ delayMs: 20, odd: { "c-20": "cut" } });

  const result = await measureClosedLoop({
    url: fixture.url,
    connections: 2,
    warmupSeconds: 0,
    // It ends sooner, when all devices are used up.
    seconds: 20,
    devices,
  });

  expect(result.never).toBe(1);
  expect(requestsOf(result)).toBeGreaterThan(10);
});

const answerAfterMs = 40;

// The open loop reads each of them the same way. bench/load/response-reader.test.ts has more.
it.each([
  [
    "to HEAD, which announces a body that doesn't come",
    "HEAD",
    "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
    200,
  ],
  ["that ends with its connection", "GET", "HTTP/1.1 200 OK\r\n\r\nuntil the end", 200],
  [
    "without a body, although it has a length",
    "GET",
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n",
    304,
  ],
])("recognizes an answer %s", async (_which, method, bytes, status) => {
  const endsWithConnection = bytes.endsWith("until the end");
  const server = createServer((socket) =>
    socket.on("data", () => {
      // Sent at once, and not yet the answer.
      socket.write("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n");
      setTimeout(() => (endsWithConnection ? socket.end(bytes) : socket.write(bytes)), answerAfterMs);
    }),
  );
  const { url } = await listen(server);
  const statuses = new Set<number>();
  try {
    const result = await askAgain({
      url,
      connections: 2,
      warmupSeconds: 0,
      seconds: 0.3,
      method,
      body: () => "",
      check: (_place, answered) => {
        statuses.add(answered);
        return undefined;
      },
      maxRequests: 1_000,
    });

    expect([...result.failures]).toEqual([]);
    expect([...statuses]).toEqual([status]);
    expect(result.finishedMs.length).toBeGreaterThanOrEqual(2);
    expect(Math.min(...result.finishedMs)).toBeGreaterThanOrEqual(answerAfterMs - 2);
  } finally {
    await close(server);
  }
});
