import { expect, it } from "vitest";
import { parseResults, resultsJson, ResultsError, schemaVersion } from "#shared/results.ts";

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
const plan = {
  name: "the storm",
  runs: 1,
  customers: 80,
  phases: [{ perSecond: 10, seconds: 8 }],
  weather: { medianMs: 200 },
  events: [{ atMs: 4_000, does: "kill-worker" }],
  poison: [],
  healed: [],
  everyNthTwice: 10,
  duplicateDelaysMs: [0],
  horizonMs: 16_000,
  warmUpRepeats: 240,
  sampleEveryMs: 250,
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
  seed: 1,
  place: 1,
  response: quantiles,
  activation: { ...quantiles, watchedMs: 8_000 },
  ledger,
  sender: { lateMaxMs: 0.4, cpuShare: 0.05 },
  processor: { busyShare: 0.4, busiestShare: 0.6, ofOneCore: { sender: 0.05, api: 0.3 } },
  drain: { endedBy: "quiet", endedMs: 9_000 },
  kills: [{ atMs: 4_001, target: "worker", openCalls: ["00-00-5E-10-00-00-00-00"] }],
  trustworthy: true,
  reasons: [],
  discarded: [{ reasons: ["the sender was late: the worst of 80 requests by 30 ms"] }],
  percentiles: [{ percent: 50, responseMs: 8.1 }],
  customers: [customer],
  seconds: [
    {
      atSecond: 0,
      arrivals: 1,
      errors: 0,
      responseP50Ms: 8,
      responseMaxMs: null,
      activated: 0,
      vendorCalls: 1,
    },
  ],
  samples: [{ atMs: 250, visible: 3, inFlight: 1, setAside: 0, vendorOpen: 1 }],
  beforeRedrive: { poison: 2, healthy: 0 },
};
const figures = { p50Ms: 8.1, maxMs: null };
const range = { p50Ms: [8.1, 8.1], maxMs: [null, null] };
const runs = {
  runs: [run],
  median: { response: figures, activation: figures },
  range: { response: range, activation: range },
};
const point = {
  perSecond: 10,
  seconds: 8,
  response: quantiles,
  activation: quantiles,
  errors: 0,
  unfinished: 4,
  steady: true,
  sender: { lateP99Ms: 0.3, lateMaxMs: 0.4, cpuShare: 0.05 },
  reasons: [],
  discarded: [{ reasons: ["the sender stood still for 300 ms"] }],
};
const chapter = {
  id: "03",
  chapter: "03-queue",
  label: "03 queue",
  weather: {},
  overrides: {},
  day: runs,
  storm: runs,
  sweep: [point],
};
const results = {
  schemaVersion,
  command: "npm run bench:full",
  startedAt: "2026-11-23T10:15:00.000Z",
  finishedAt: "2026-11-23T10:18:00.000Z",
  complete: true,
  environment,
  notes: ["embedded AWS on this machine: not AWS latencies"],
  seed: 1,
  weather,
  plans: {
    day: plan,
    storm: plan,
    sweep: { phases: [{ perSecond: 1, seconds: 20 }], drainMs: 4_000, warmUpRepeats: 1_000 },
  },
  overrides: { VisibilityTimeoutSeconds: "6" },
  trustworthy: true,
  chapters: [chapter],
};

it("reads back what was written", () => {
  expect(parseResults(JSON.stringify(results), "results.json")).toEqual(results);
});

it("reads a run from before retries and CPU times were recorded", () => {
  const { discarded: _run, processor: _use, ...before } = run;
  const { discarded: _point, ...pointBefore } = point;
  const old = {
    ...results,
    chapters: [{ ...chapter, day: { ...runs, runs: [before] }, sweep: [pointBefore] }],
  };

  expect(parseResults(JSON.stringify(old), "results.json")).toEqual(old);
});

it("writes text that can be read again, whatever words it contains", () => {
  const read = parseResults(JSON.stringify(results), "results.json");
  read.notes = ['{ "a": [\n  1,\n  2\n] }', "\\", ""];
  read.overrides = {};

  expect(parseResults(resultsJson(read), "a.json")).toEqual(read);
});

it("writes one line for each field of a table, however many rows it has", () => {
  const customers = ["c-1", "c-2", "c-3"].map((customerId) => ({ ...customer, customerId }));
  const day = { ...runs, runs: [{ ...run, customers }] };
  const read = parseResults(JSON.stringify({ ...results, chapters: [{ ...chapter, day }] }), "results.json");
  const lines = resultsJson(read).split("\n");

  expect(lines).toContain('      "customers": {');
  expect(lines).toContain('       "customerId": ["c-1", "c-2", "c-3"],');
  expect(lines).toContain('       "fate": ["lost", "lost", "lost"],');
});

it("reads version 2, in which a table was a list of rows", () => {
  expect(parseResults(JSON.stringify({ ...results, schemaVersion: 2 }), "results.json")).toEqual(results);
});

it("keeps times with a precision of a microsecond", () => {
  const read = parseResults(
    JSON.stringify({
      ...results,
      chapters: [{ ...chapter, sweep: [{ ...point, sender: { lateMaxMs: 0.1234567, cpuShare: 0.05 } }] }],
    }),
    "a.json",
  );

  expect(read.chapters[0]?.sweep?.[0]?.sender.lateMaxMs).toBe(0.123);
});

it.each([
  ["a file that is cut off", JSON.stringify(results).slice(0, 500), "is cut off or not JSON"],
  ["an empty file", "", "is cut off or not JSON"],
  [
    "an older schema",
    JSON.stringify({ ...results, schemaVersion: 1 }),
    `schema ${schemaVersion} in old.json, got schema 1`,
  ],
  [
    "a later schema",
    JSON.stringify({ ...results, schemaVersion: schemaVersion + 1 }),
    `got schema ${schemaVersion + 1}`,
  ],
  ["no schema", "[]", "got none"],
  [
    "a wrong entry",
    JSON.stringify({
      ...results,
      chapters: [{ ...chapter, storm: { ...runs, runs: [{ ...run, ledger: { ...ledger, lost: -1 } }] } }],
    }),
    "`chapters.0.storm.runs.0.ledger.lost` is wrong",
  ],
  [
    "a table with a field too short",
    resultsJson(parseResults(JSON.stringify(results), "a.json")).replace('"percent": [50]', '"percent": []'),
    "`chapters.0.day.runs.0.percentiles.0.percent` is wrong",
  ],
])("refuses %s in one sentence that names the file and what to do", (_name, text, words) => {
  const read = () => parseResults(text, "old.json");

  expect(read).toThrow(ResultsError);
  expect(read).toThrow(words);
  expect(read).toThrow(/^Expected results .*old\.json.*run `npm run bench` for new ones\.$/);
});
