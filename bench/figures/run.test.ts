import { expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import type { CustomerDay } from "#shared/results.ts";
import { shortDay } from "../plan/plans.ts";
import { balance } from "../trial/ledger.ts";
import { runOf, secondsFrom } from "./run.ts";

const customer = (at: number, change: Partial<CustomerDay>): CustomerDay => ({
  ...deviceAt(at),
  startMs: 0,
  answeredMs: null,
  activeMs: null,
  outcome: "accepted",
  fate: "activated",
  provisionedCount: 1,
  poison: false,
  ...change,
});

it("counts an error as longer than anything, however fast it came", () => {
  const customers = (["rejected", "failed"] as const).map((outcome, at) =>
    customer(at, {
      startMs: at * 100,
      answeredMs: at * 100 + 5,
      outcome,
      fate: "refused",
      provisionedCount: 0,
    }),
  );
  const answers = customers.map(({ startMs, answeredMs, outcome }) => ({
    dueMs: startMs,
    lateMs: 3,
    answeredMs,
    outcome,
  }));
  const { entries, imbalances } = balance({
    requests: customers,
    claims: [],
    tickets: [],
    messages: [],
    workedOn: [],
    vendor: { calls: [], provisionings: {}, open: [] },
    warmUpDevices: new Set(),
  });

  const run = runOf(
    {
      startedAt: new Date("2026-11-23T10:15:00Z"),
      seed: 1,
      plan: shortDay(1),
      customers,
      sent: { answers, clock: { longestPauseMs: 0, driftMs: 0 }, cpuShare: 0.02 },
      kills: [],
      samples: [],
      drain: { endedBy: "quiet", endedMs: 200 },
      vendorCallsAtMs: [],
      ledger: entries,
      imbalances,
    },
    1,
  );

  expect(imbalances).toEqual([]);
  expect(run.response).toMatchObject({ count: 2, p50Ms: null, maxMs: null, never: 2 });
  expect(run.percentiles.every(({ responseMs }) => responseMs === null)).toBe(true);
  expect(run.sender).toEqual({ lateMaxMs: 3, cpuShare: 0.02 });
});

it("tells for each second who came, how they were answered, and what was done", () => {
  const customers = [
    customer(0, { startMs: 100, answeredMs: 110, activeMs: 900 }),
    customer(1, { startMs: 200, answeredMs: 250, activeMs: 2_100 }),
    // A fast error is not an answer.
    customer(2, { startMs: 999, answeredMs: 1_000, outcome: "failed", fate: "refused" }),
    customer(3, { startMs: 1_000, outcome: "unanswered", fate: "refused" }),
  ];

  expect(secondsFrom(customers, [150, 950, 1_999, 2_000], 2_500)).toEqual([
    {
      atSecond: 0,
      arrivals: 3,
      errors: 1,
      responseP50Ms: 50,
      responseMaxMs: null,
      activated: 1,
      vendorCalls: 2,
    },
    {
      atSecond: 1,
      arrivals: 1,
      errors: 1,
      responseP50Ms: null,
      responseMaxMs: null,
      activated: 0,
      vendorCalls: 1,
    },
    {
      atSecond: 2,
      arrivals: 0,
      errors: 0,
      responseP50Ms: null,
      responseMaxMs: null,
      activated: 1,
      vendorCalls: 1,
    },
  ]);
});
