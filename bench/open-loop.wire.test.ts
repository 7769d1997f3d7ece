import { afterEach, expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { readAnswer } from "./answers.ts";
import { openConnections, sendOpenLoop } from "./open-loop.ts";
import { arrivals } from "./schedule.ts";
import { startFixture } from "./testing/start-fixture.ts";

const connections = openConnections();
let fixture: Awaited<ReturnType<typeof startFixture>>;
afterEach(async () => {
  connections.destroy();
  await fixture.stop();
});

function requestFor(index: number, dueMs: number) {
  const device = deviceAt(index);
  const read = (status: number, body: string) => readAnswer(status, body, device.macAddress);
  return { dueMs, body: JSON.stringify(device), read };
}

it("tells what became of each request, and checks what the answers say", async () => {
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

  const { answers } = await sendOpenLoop({ url: fixture.url, requests, connections, limitMs: 1_000 });

  expect(answers.map(({ outcome, problem, answeredMs }) => [outcome, problem, answeredMs !== null])).toEqual([
    ["accepted", undefined, true],
    ["unanswered", undefined, false],
    ["unanswered", undefined, false],
    ["unanswered", undefined, false],
    ["failed", undefined, true],
    ["rejected", undefined, true],
    ["repeated", undefined, true],
    ["accepted", "answer 202 names the device 00-00-5E-10-FF-FF-FF-FF", true],
    ["accepted", 'answer 202 without a valid activation: {"ok":true}', true],
  ]);
});

it("counts from when a request was due, and lets none wait for another", async () => {
  const delayMs = 300;
  fixture = await startFixture({ delayMs });
  // All at the same moment: on one connection the last would wait for six seconds.
  const requests = Array.from({ length: 20 }, (_, index) => requestFor(index, 50));

  const { answers, clock } = await sendOpenLoop({ url: fixture.url, requests, connections });

  const waitedMs = answers.map(({ answeredMs, dueMs }) => (answeredMs ?? Infinity) - dueMs);
  expect(Math.min(...waitedMs)).toBeGreaterThanOrEqual(delayMs - 5);
  expect(Math.max(...waitedMs)).toBeLessThan(delayMs + 2_000);
  expect(answers.every(({ lateMs }) => lateMs >= 0)).toBe(true);
  expect(clock.driftMs).toBeLessThan(1_000);
});

it("counts its own lateness as the customer's wait", async () => {
  fixture = await startFixture({ delayMs: 1 });
  const late = 200;

  const { answers } = await sendOpenLoop({
    url: fixture.url,
    requests: [requestFor(0, 0)],
    connections,
    startAtMs: performance.now() - late,
  });

  expect(answers[0]?.lateMs).toBeGreaterThanOrEqual(late);
  expect(answers[0]?.answeredMs).toBeGreaterThanOrEqual(late);
});

it("keeps to its schedule though nobody is there to answer", async () => {
  fixture = await startFixture({ delayMs: 1 });
  const moments = arrivals([{ perSecond: 50, seconds: 0.5 }], 7);
  const requests = moments.map((dueMs, index) => requestFor(index, dueMs));

  const { answers } = await sendOpenLoop({ url: "http://127.0.0.1:1/activations", requests, connections });

  expect(answers.map(({ outcome }) => outcome)).toEqual(moments.map(() => "unanswered"));
});

it("cuts everything off when told to stop", async () => {
  fixture = await startFixture({ delayMs: 1, odd: { "c-1": "hang" } });
  const stop = new AbortController();

  const sending = sendOpenLoop({
    url: fixture.url,
    requests: [requestFor(0, 0), requestFor(1, 60_000)],
    connections,
    signal: stop.signal,
  });
  stop.abort(new Error("enough"));

  await expect(sending).rejects.toThrow("enough");
});
