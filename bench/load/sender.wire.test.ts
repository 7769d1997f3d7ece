import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { eventually } from "#shared/testing/eventually.ts";
import { isAlive } from "#shared/testing/processes.ts";
import { requestFor } from "./answers.ts";
import { reasonsForDistrust } from "./clock.ts";
import { arrivals } from "../plan/arrivals.ts";
import { startFixture } from "../testing/start-fixture.ts";
import { startSender } from "./sender.ts";
import type { Sender } from "./sender.ts";

let sender: Sender;
let fixture: Awaited<ReturnType<typeof startFixture>>;
beforeAll(async () => {
  sender = await startSender();
});
afterEach(() => fixture.stop());
afterAll(() => sender.stop());

it("reports the outcome of each request, and checks the answers' contents", async () => {
  const odd = {
    "c-2": "cut",
    "c-3": "half",
    "c-4": "hang",
    "c-5": "502",
    "c-6": "404",
    "c-7": "200",
    "c-8": "wrong device",
    "c-9": "no ticket",
  };
  fixture = await startFixture({ delayMs: 5, odd });
  const requests = Array.from({ length: 9 }, (_, index) => requestFor(index, index * 5));

  const { answers } = await sender.send({ url: fixture.url, requests, limitMs: 2_000 });

  expect(
    answers.map(({ outcome, problem, failure, answeredMs }) => [
      outcome,
      problem ?? failure,
      answeredMs !== null,
    ]),
  ).toEqual([
    ["accepted", undefined, true],
    ["unanswered", "connection cut", false],
    ["unanswered", "connection cut", false],
    ["unanswered", "no answer within 2 s", false],
    ["failed", undefined, true],
    ["rejected", undefined, true],
    ["repeated", undefined, true],
    ["accepted", "answer 202 names the device 00-00-5E-10-FF-FF-FF-FF", true],
    ["accepted", 'answer 202 without a valid activation: {"ok":true}', true],
  ]);
});

// A machine that stands still for a moment spoils one measurement; wrong logic spoils all of them.
it("counts from when a request was due, and lets none wait for another", { retry: 4 }, async () => {
  const delayMs = 300;
  fixture = await startFixture({ delayMs });
  // All at the same moment: on one connection the last would wait for six seconds.
  const requests = Array.from({ length: 20 }, (_, index) => requestFor(index, 50));

  const { answers, clock, cpuShare } = await sender.send({ url: fixture.url, requests });

  const waitedMs = answers.map(({ answeredMs, dueMs }) => (answeredMs ?? Infinity) - dueMs);
  expect(Math.min(...waitedMs)).toBeGreaterThanOrEqual(delayMs - 5);
  expect(Math.max(...waitedMs)).toBeLessThan(delayMs + 2_000);
  expect(answers.every(({ lateMs }) => lateMs >= 0)).toBe(true);
  expect(clock.driftMs).toBeLessThan(1_000);
  expect(cpuShare).toBeGreaterThan(0);
});

it("counts its own lateness as part of the customer's wait", async () => {
  fixture = await startFixture({ delayMs: 1 });
  const late = 200;

  const { answers } = await sender.send({
    url: fixture.url,
    requests: [requestFor(0, 0)],
    startAtMs: performance.now() - late,
  });

  expect(answers[0]?.lateMs).toBeGreaterThanOrEqual(late);
  expect(answers[0]?.answeredMs).toBeGreaterThanOrEqual(late);
});

it("keeps to its schedule even if nothing answers", async () => {
  fixture = await startFixture({ delayMs: 1 });
  const moments = arrivals([{ perSecond: 50, seconds: 0.5 }], 7);
  const requests = moments.map((dueMs, index) => requestFor(index, dueMs));

  const { answers } = await sender.send({ url: "http://127.0.0.1:1/activations", requests });

  expect(answers.map(({ outcome, failure }) => [outcome, failure])).toEqual(
    moments.map(() => ["unanswered", "connection refused"]),
  );
});

it("cuts everything off when told to stop, and keeps serving", async () => {
  fixture = await startFixture({ delayMs: 1, odd: { "c-1": "hang" } });
  const stop = new AbortController();

  const sending = sender.send({
    url: fixture.url,
    requests: [requestFor(0, 0), requestFor(1, 60_000)],
    signal: stop.signal,
  });
  stop.abort(new Error("it is over"));

  await expect(sending).rejects.toThrow("it is over");
  const { answers } = await sender.send({ url: fixture.url, requests: [requestFor(1, 0)] });
  expect(answers.map(({ outcome }) => outcome)).toEqual(["accepted"]);
});

it("keeps what had come when told that it is enough", async () => {
  fixture = await startFixture({ delayMs: 1, odd: { "c-2": "hang" } });
  const enough = new AbortController();

  const sending = sender.send({
    url: fixture.url,
    requests: [requestFor(0, 0), requestFor(1, 1), requestFor(0, 60_000)],
    enough: enough.signal,
  });
  // Requested later, from the same server, which takes as long for each.
  await sender.send({ url: fixture.url, requests: [requestFor(2, 50)] });
  enough.abort();

  const { answers } = await sending;
  expect(answers.map(({ dueMs, outcome }) => [dueMs, outcome])).toEqual([[0, "accepted"]]);
});

it("rejects in one sentence when its process is killed, and leaves nothing behind", async () => {
  fixture = await startFixture({ delayMs: 1 });
  const another = await startSender();

  const sending = another.send({ url: fixture.url, requests: [requestFor(0, 60_000)] });
  process.kill(another.pid, "SIGKILL");

  await expect(sending).rejects.toThrow("Expected the sender to send 1 requests, but its process ended");
  await eventually(async () => expect(isAlive(another.pid)).toBe(false));
  await expect(another.send({ url: fixture.url, requests: [] })).rejects.toThrow("its process ended");
});

it.skipIf(process.platform === "win32")(
  "says that it stood still if it was stopped for a while",
  async () => {
    const another = await startSender();
    const server = createServer((_, response) => response.end());
    await once(server.listen(0, "127.0.0.1"), "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

    const sending = another.send({ url, requests: [requestFor(0, 0), requestFor(1, 2_000)] });
    // Wait for the first request: before that the sender may not have begun to send.
    await once(server, "request");
    process.kill(another.pid, "SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    process.kill(another.pid, "SIGCONT");
    const { answers, clock } = await sending;
    await another.stop();
    server.close();

    expect(reasonsForDistrust(clock, { maxMs: answers[1]?.lateMs ?? 0, count: 2 })).toEqual(
      expect.arrayContaining([expect.stringContaining("the sender stood still for")]),
    );
  },
);
