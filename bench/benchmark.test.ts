import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { close, listen } from "#shared/listen.ts";
import type { ReachableChapter } from "#shared/run/running-chapter.ts";
import { benchmark } from "./benchmark.ts";
import { shortDay } from "./plan/plans.ts";
import { rowsFor } from "./plan/rows.ts";
import { stepsOf } from "./plan/steps.ts";
import type { Progress } from "./telling/progress.ts";
import type { Sender } from "./load/sender.ts";

const chapters = ["01-synchronous", "02-ticket", "07-lock"].map((name) => ({
  number: name.slice(0, 2),
  name,
  folder: `/chapters/${name}`,
}));
const nothing = () => {};
// It never reaches a server.
const sender: Sender = {
  pid: 0,
  send: ({ requests }) =>
    Promise.resolve({
      answers: requests.map(({ dueMs }) => ({ dueMs, lateMs: 0, answeredMs: null, outcome: "unanswered" })),
      clock: { longestPauseMs: 0, driftMs: 0 },
      cpuShare: 0,
    }),
  stop: async () => {},
};
const progress: Progress = { begin: nothing, stage: nothing, say: nothing, end: nothing };

function options(change: Partial<Parameters<typeof benchmark>[0]> = {}) {
  return {
    rows: rowsFor(chapters),
    plans: { day: shortDay(1) },
    seed: 1,
    withClosedLoop: true,
    sender,
    start: () => Promise.reject(new Error("its template is broken")),
    log: nothing,
    progress,
    signal: new AbortController().signal,
    ...change,
  };
}

it("gives 07 two rows: with a vendor that ignores the key, and with one that honours it", () => {
  expect(
    rowsFor(chapters).map(({ id, label, weather }) => [id, label, weather.honoursIdempotencyKey]),
  ).toEqual([
    ["01", "01 sync", false],
    ["02", "02 ticket", false],
    ["07", "07 lock", false],
    ["07+key", "07 + key", true],
  ]);
});

it("rotates the order from run to run, and measures each chapter's closed loop once", () => {
  const names = stepsOf(options({ plans: { day: shortDay(2) } })).map(({ name }) => name);

  expect(names).toEqual([
    "01 sync, day 1",
    "02 ticket, day 1",
    "07 lock, day 1",
    "07 + key, day 1",
    "02 ticket, day 2",
    "07 lock, day 2",
    "07 + key, day 2",
    "01 sync, day 2",
    "01 sync, how fast",
    "02 ticket, how fast",
    "07 lock, how fast",
  ]);
});

it("lets two rows take turns being first, as when you measure your own version with runs=3", () => {
  const both = options({
    rows: rowsFor(chapters.slice(0, 2)),
    plans: { day: shortDay(3) },
    withClosedLoop: false,
  });

  expect(stepsOf(both).map(({ row }) => row.id)).toEqual(["01", "02", "02", "01", "01", "02"]);
});

it("names a chapter that doesn't start in one sentence each, and tries the others", async () => {
  const tried: string[] = [];
  const result = await benchmark(
    options({
      withClosedLoop: false,
      start: ({ folder }) => {
        tried.push(folder.slice("/chapters/".length));
        return Promise.reject(new Error("its template is broken"));
      },
    }),
  );

  expect(tried).toEqual(["01-synchronous", "02-ticket", "07-lock", "07-lock"]);
  expect(result.chapters).toEqual([]);
  expect(result.failures).toContain("02 ticket, day: its template is broken");
});

it("starts nothing more once it is told to stop, and doesn't count that as a failure", async () => {
  const stop = new AbortController();
  let starts = 0;
  const start = () => {
    starts += 1;
    stop.abort(new Error("Ctrl-C"));
    return Promise.reject(new Error("stopped in the middle"));
  };

  const result = await benchmark(options({ start, signal: stop.signal }));

  expect(starts).toBe(1);
  expect(result).toEqual({ chapters: [], failures: [] });
});

it("stops what it has started, even if its day fails", async () => {
  let stops = 0;
  // Nothing listens there.
  const running = { apiUrl: "http://127.0.0.1:1", stop: async () => void (stops += 1) };
  const rows = rowsFor(chapters.slice(0, 1));

  const { failures } = await benchmark(
    options({ rows, withClosedLoop: false, start: async () => running as unknown as ReachableChapter }),
  );

  expect(stops).toBe(1);
  expect(failures).toEqual([
    "01 sync, day: the warm-up's requests should be accepted, but one was unanswered",
  ]);
});

it("starts two chapters together for their closed loops, each measured alone, and the next ones while the last one stops", async () => {
  const order: string[] = [];
  const startIt = async (name: string): Promise<ReachableChapter> => {
    order.push(`start ${name}`);
    let isAsked = false;
    const answer = async (request: IncomingMessage, response: ServerResponse) => {
      if (!isAsked) {
        isAsked = true;
        order.push(`ask ${name}`);
      }
      const { macAddress } = JSON.parse(await text(request)) as { macAddress: string };
      const body = { eventId: randomUUID(), macAddress, status: "accepted" };
      response.writeHead(202, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    const server = createServer((request, response) => void answer(request, response));
    const { url } = await listen(server);
    onTestFinished(() => close(server));
    // One that starts more slowly than the one beside it, whose requests would come meanwhile.
    await (name === "07" ? sleep(300) : undefined);
    order.push(`ready ${name}`);
    const stop = async () => void order.push(`stop ${name}`);
    return { apiUrl: url, stop } as unknown as ReachableChapter;
  };

  const { failures } = await benchmark(
    options({ plans: {}, start: ({ folder }) => startIt(folder.slice("/chapters/".length).slice(0, 2)) }),
  );

  expect(failures).toEqual([]);
  expect(order.slice(0, 3)).toEqual(["start 01", "ready 01", "ask 01"]);
  expect(order.slice(3, 5)).toEqual(["start 02", "start 07"]);
  expect(order.slice(5, 8).toSorted()).toEqual(["ready 02", "ready 07", "stop 01"]);
  expect(order.slice(8)).toEqual(["ask 02", "stop 02", "ask 07", "stop 07"]);
});
