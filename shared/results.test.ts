import { expect, it } from "vitest";
import { parseResults, ResultsError, schemaVersion } from "#shared/results.ts";

const environment = {
  machine: "m",
  cores: 2,
  memoryGiB: 24,
  os: "Linux",
  node: "v20.20.0",
  commit: null,
  dirty: null,
};
const weather = {
  medianMs: 400,
  p99Ms: 1_200,
  capacity: 20,
  line: 20,
  failureRate: 0,
  outage: false,
  answer: "normal",
  hold: false,
  poison: [],
  honoursIdempotencyKey: false,
  seed: 1,
};
const load = {
  customers: 80,
  perSecond: 10,
  seconds: 8,
  runs: 1,
  killAtMs: 4_000,
  poison: [],
  everyNthTwice: 10,
  duplicateDelaysMs: [0],
  horizonMs: 16_000,
};
const quantiles = { count: 80, p50Ms: 8.1, p90Ms: null, maxMs: null, never: 9, slowestFinishedMs: 30 };
const ledger = {
  sent: 1,
  accepted: 1,
  repeated: 0,
  rejected: 0,
  failed: 0,
  unanswered: 0,
  activated: 1,
  gaveUp: 0,
  waiting: 0,
  deadLettered: 0,
  lost: 0,
  orphaned: 0,
  doubled: 0,
  vendorCalls: 1,
};
const customer = {
  customerId: "c-1",
  macAddress: "00-00-5E-10-00-00-00-00",
  startMs: 12.5,
  answeredMs: 20,
  activeMs: null,
  outcome: "accepted",
  fate: "lost",
  provisionedCount: 0,
  poison: false,
};
const run = {
  startedAt: "2026-11-23T10:15:00.000Z",
  place: 1,
  response: quantiles,
  activation: { ...quantiles, watchedMs: 8_000 },
  ledger,
  sender: { lateMaxMs: 0.4 },
  drain: { endedBy: "quiet", endedMs: 9_000 },
  kills: [{ atMs: 4_001, target: "worker", openCalls: ["00-00-5E-10-00-00-00-00"] }],
  trustworthy: true,
  reasons: [],
  customers: [customer],
};
const chapter = { id: "03", chapter: "03-queue", label: "03 queue", weather: {}, overrides: {}, runs: [run] };
const results = {
  schemaVersion,
  startedAt: "2026-11-23T10:15:00.000Z",
  finishedAt: "2026-11-23T10:18:00.000Z",
  complete: true,
  environment,
  notes: ["embedded AWS on this machine: not AWS latencies"],
  seed: 1,
  weather,
  load,
  overrides: { VisibilityTimeoutSeconds: "6" },
  trustworthy: true,
  chapters: [chapter],
};

it("reads back what was written", () => {
  expect(parseResults(JSON.stringify(results), "results.json")).toEqual(results);
});

it.each([
  ["a file that is cut off", JSON.stringify(results).slice(0, 500), "is cut off or not JSON"],
  ["an empty file", "", "is cut off or not JSON"],
  [
    "an older schema",
    JSON.stringify({ ...results, schemaVersion: 0 }),
    `schema ${schemaVersion} in old.json, got 0`,
  ],
  ["a later schema", JSON.stringify({ ...results, schemaVersion: 2 }), "got 2"],
  ["no schema", "[]", "got none"],
  [
    "a wrong entry",
    JSON.stringify({
      ...results,
      chapters: [{ ...chapter, runs: [{ ...run, ledger: { ...ledger, lost: -1 } }] }],
    }),
    "`chapters.0.runs.0.ledger.lost` is wrong",
  ],
])("refuses %s in one sentence that names the file and what to do", (_name, text, words) => {
  const read = () => parseResults(text, "old.json");

  expect(read).toThrow(ResultsError);
  expect(read).toThrow(words);
  expect(read).toThrow(/^Expected results .*old\.json.*run `npm run bench` for new ones\.$/);
});
