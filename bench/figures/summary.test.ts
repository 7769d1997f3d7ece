import { expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { shortDay } from "../plan/plan.ts";
import { summarize } from "./summary.ts";

it("counts an error, however fast it came, as longer than anything", () => {
  const moments = [0, 100];
  const outcomes = ["rejected", "failed"] as const;
  const answers = outcomes.map((outcome, at) => ({
    dueMs: moments[at] ?? 0,
    lateMs: 3,
    answeredMs: (moments[at] ?? 0) + 5,
    outcome,
  }));

  const { run, imbalances } = summarize({
    startedAt: new Date("2026-11-23T10:15:00Z"),
    seed: 1,
    place: 1,
    plan: shortDay(1),
    moments,
    requests: moments.map((_ms, at) => deviceAt(at)),
    sent: { answers, clock: { longestPauseMs: 0, driftMs: 0 }, cpuShare: 0.02 },
    kills: [],
    samples: [],
    drain: { endedBy: "quiet", endedMs: 200 },
    startAtWallMs: 0,
    vendorCallsAtMs: [],
    evidence: {
      claims: [],
      tickets: [],
      messages: [],
      workedOn: [],
      vendor: { calls: [], provisionings: {}, open: [] },
      warmUpDevices: new Set(),
    },
  });

  expect(imbalances).toEqual([]);
  expect(run.response).toMatchObject({ count: 2, p50Ms: null, maxMs: null, never: 2 });
  expect(run.percentiles.every(({ responseMs }) => responseMs === null)).toBe(true);
  expect(run.sender).toEqual({ lateMaxMs: 3, cpuShare: 0.02 });
});
