import { afterAll, beforeAll, expect, it } from "vitest";
import type { Plan } from "#shared/results.ts";
import { startChapter } from "#shared/run/start-chapter.ts";
import { runOf, summedUp } from "../figures/run.ts";
import { viewOf } from "../figures/view.ts";
import { startSender } from "../load/sender.ts";
import type { Sender } from "../load/sender.ts";
import { tableLines } from "../telling/table.ts";
import { inventedResults } from "../testing/invented.ts";
import { trialStart } from "./start.ts";
import { liveThrough } from "./trial.ts";
import { shortDay } from "../plan/plans.ts";

let sender: Sender;
beforeAll(async () => {
  sender = await startSender();
});
afterAll(() => sender.stop());

/** A day of two seconds: 20 customers, and a kill in the middle that hits those who came in the second before it. */
const plan: Plan = {
  ...shortDay(1),
  customers: 20,
  phases: [{ perSecond: 10, seconds: 2 }],
  weather: { medianMs: 900, p99Ms: 900 },
  events: [{ atMs: 1_000, does: "kill-worker" }],
  poison: [],
  horizonMs: 9_000,
  // They only make answers faster, which is not measured here.
  warmUpRepeats: 1,
};

const rowOf = (name: string) => ({ id: name, chapter: name, folder: name, label: name, weather: {} });

it("runs a day of 02: the kill loses work, nothing else does, and the ledger balances", async () => {
  const row = rowOf("02-ticket");
  const running = await startChapter({ ...trialStart(row, plan, 1), onLine: () => {} });
  let looks = 0;

  const trial = await liveThrough({
    row,
    plan,
    seed: 1,
    running,
    sender,
    onStage: () => {},
    // As if it were busy for nine tenths of the time.
    machine: () => ({ allMs: (looks += 1) * 1_000, busyMs: looks * 900 }),
    signal: new AbortController().signal,
  });

  expect(trial.imbalances).toEqual([]);
  expect(trial.whyNoTrace).toBeUndefined();
  const events = trial.trace?.events ?? [];
  expect(events.map(({ kind }) => kind)).toContain("killed");
  // The warm-up's sixty devices belong to no trace. On a busy machine a call of theirs that the API has given up may end after it
  // began, but it claims no device for the first time.
  expect(events[0]).toMatchObject({ seq: 0 });
  const claims = events.filter((event) => event.kind === "claimed" && event.isFirst);
  expect(claims.length).toBeGreaterThan(0);
  expect(claims.length).toBeLessThanOrEqual(20);
  const { ledger, kills, customers, drain } = trial;
  expect(ledger.sent).toBe(20);
  // Those that gave up were late: they wait three seconds for the vendor.
  expect(ledger.accepted).toBe(ledger.activated + ledger.gaveUp + ledger.lost);
  expect(ledger.accepted + ledger.unanswered).toBe(20);
  expect(drain.endedBy).toBe("quiet");
  expect(kills).toMatchObject([{ target: "api" }]);
  // The kill can have lost only those who asked before it.
  const lost = customers.filter(({ fate }) => fate === "lost");
  expect(lost.every(({ startMs }) => startMs <= (kills[0]?.atMs ?? 0))).toBe(true);
  expect(ledger.lost).toBeGreaterThan(0);
  const run = runOf(trial, 1);
  expect(run.response.never).toBe(ledger.unanswered);
  expect(run.activation.never).toBe(ledger.lost);
  // Each process has reported what it used, and the trial says that the machine was saturated.
  const names = ["api", "aws", "benchmark", "sender", "vendor"];
  const { busiestShare, ofOneCore = {} } = run.processor ?? {};
  expect(busiestShare).toBeCloseTo(0.9);
  expect(Object.keys(ofOneCore).toSorted()).toEqual(names);
  expect(names.every((name) => (ofOneCore[name] ?? 0) > 0)).toBe(true);
  const results = inventedResults();
  const chapters = [{ ...row, overrides: {}, day: summedUp([run]) }];
  const lines = tableLines(viewOf({ ...results, chapters }), "report.html").join("\n");
  expect(lines).toMatch(/^02-ticket +\S+ +\S+\* /m);
  expect(lines).toContain("* The machine was saturated (90 % busy): these answers waited for it, too.");
});

it("gets the same ledger for lab-retries from its trace alone, with copies, retries and what is given up", async () => {
  const row = rowOf("lab-retries");
  const [poison = ""] = shortDay(1).poison;
  const hard: Plan = { ...plan, weather: {}, poison: [poison], everyNthTwice: 5, horizonMs: 12_000 };
  const running = await startChapter({ ...trialStart(row, hard, 1), onLine: () => {} });

  const { imbalances, ledger, trace, whyNoTrace } = await liveThrough({
    row,
    plan: hard,
    seed: 1,
    running,
    // The warm-up starts twenty environments at once, which takes a busy machine a minute. What counts here is in the trace.
    isWarm: true,
    sender,
    onStage: () => {},
    signal: new AbortController().signal,
  });

  expect([imbalances, whyNoTrace]).toEqual([[], undefined]);
  const count = (kind: string) => trace?.events.filter((event) => event.kind === kind).length;
  expect(count("asked")).toBe(20);
  expect(count("asyncAccepted")).toBeGreaterThan(ledger.accepted);
  expect(count("asyncRetried")).toBeGreaterThan(0);
  expect(trace?.header).toMatchObject({ row: "lab-retries", plan: "the short day", seed: 1, dropped: {} });
});

it("stops at once when told to, and leaves nothing running", async () => {
  const stop = new AbortController();
  const row = rowOf("01-synchronous");
  const running = await startChapter({ ...trialStart(row, plan, 1), onLine: () => {} });

  const day = liveThrough({
    row,
    plan,
    seed: 1,
    running,
    sender,
    onStage: (stage) => {
      if (stage === "the short day") {
        stop.abort(new Error("enough"));
      }
    },
    signal: stop.signal,
  });

  await expect(day).rejects.toThrow("enough");
  // Nothing listens any more.
  await expect(fetch(running.apiUrl)).rejects.toThrow("fetch failed");
});
