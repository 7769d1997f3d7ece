import { expect, it } from "vitest";
import { traceEventSchema } from "#shared/trace.ts";
import { TraceRecorder } from "./recorder.ts";
import type { Noted } from "./recorder.ts";

const activation = { eventId: "e-1", macAddress: "00-00-5E-00-53-01" };
const body = JSON.stringify(activation);
const row = { queue: "work", row: 7 };

/** One event of each kind, with every optional field. */
const all: Noted[] = [
  { kind: "asked", request: 3, customerId: "c-3", macAddress: activation.macAddress },
  { kind: "answered", request: 3, status: 202, eventId: "e-1" },
  { kind: "sent", ...row, body, messageId: "m-1", visibleAtMs: 5, by: "api" },
  { kind: "deduplicated", ...row, by: "api" },
  { kind: "delivered", ...row, receiveCount: 1, hiddenUntilMs: 6_005, by: "lambda" },
  { kind: "copied", ...row, copy: 8, visibleAtMs: 205 },
  { kind: "hidden", ...row, hiddenUntilMs: 9_000, by: "i-1" },
  { kind: "deleted", ...row, by: "worker" },
  { kind: "notDeleted", ...row, by: "worker" },
  { kind: "setAside", ...row, to: "dead", newRow: 9, receiveCount: 5 },
  { kind: "redriven", ...row, to: "work", newRow: 10 },
  { kind: "purged", ...row },
  { kind: "expired", ...row },
  { kind: "environmentStarted", environment: 100 },
  { kind: "environmentReady", environment: 100 },
  { kind: "environmentEnded", environment: 100, why: "killed" },
  { kind: "invoked", environment: 100, invocation: "i-1", rows: [7, 8], bodies: [body, "by hand"] },
  { kind: "returned", environment: 100, invocation: "i-1", outcome: "answered", failedRows: [8] },
  { kind: "asyncAccepted", body, invocation: "i-2", by: "api" },
  { kind: "asyncRetried", invocation: "i-2", attempt: 1, againAtMs: 1_000 },
  { kind: "asyncDiscarded", invocation: "i-2", to: "dead", newRow: 11 },
  { kind: "claimed", ...activation, isFirst: true, by: "api" },
  {
    kind: "written",
    eventId: "e-1",
    status: "active",
    activatedAtMs: 4,
    leaseOwner: "o-1",
    leaseEndsAtMs: 12,
    by: "i-1",
  },
  { kind: "refused", eventId: "e-1", by: "i-1" },
  { kind: "read", eventId: "e-1", status: "active", by: "i-1" },
  { kind: "callArrived", call: 0, macAddress: activation.macAddress, idempotencyKey: "k", by: "i-1" },
  { kind: "callBegan", call: 0 },
  { kind: "callEnded", call: 0, status: 201, provisioned: true },
  { kind: "callerLeft", call: 0 },
  { kind: "killed", target: "function", pid: 100 },
  { kind: "weather", change: { outage: true, poison: [] } },
  { kind: "duplicates", everyNth: 10 },
  { kind: "consumers", on: false },
];

it("returns every kind of event as the schema describes it", () => {
  const recorder = new TraceRecorder("aws", 64);
  all.forEach((event, at) => recorder.note(event, 1_000.06 + at));

  const { events, next, dropped } = recorder.read();

  expect({ next, dropped }).toEqual({ next: all.length, dropped: 0 });
  expect(new Set(events.map(({ kind }) => kind)).size).toBe(traceEventSchema.options.length);
  events.forEach((event, at) => {
    const { body: _body, bodies: _bodies, ...noted } = { body: "", bodies: [], ...all[at] };
    const about =
      "body" in (all[at] ?? {})
        ? activation
        : "bodies" in (all[at] ?? {})
          ? { eventIds: ["e-1", "by hand"] }
          : {};
    expect(traceEventSchema.parse(event)).toEqual({
      ...noted,
      ...about,
      part: "aws",
      seq: at,
      atMs: 1_000.1 + at,
    });
  });
});

it("leaves out missing fields", () => {
  const recorder = new TraceRecorder("aws", 4);
  recorder.note({ kind: "answered", request: 0, status: undefined }, 1);
  recorder.note({ kind: "written", eventId: "e", by: "" }, 2);

  expect(recorder.read().events).toEqual([
    { kind: "answered", request: 0, part: "aws", seq: 0, atMs: 1 },
    { kind: "written", eventId: "e", by: "", part: "aws", seq: 1, atMs: 2 },
  ]);
});

it("drops the oldest when full, and says how many of the requested events are gone", () => {
  const recorder = new TraceRecorder("vendor", 4);
  for (let call = 0; call < 10; call += 1) {
    recorder.note({ kind: "callBegan", call });
  }
  const seqs = (after?: number) => {
    const { events, dropped } = recorder.read(after);
    return [events.map(({ seq }) => seq), dropped];
  };

  expect(recorder.read().events).toMatchObject([6, 7, 8, 9].map((call) => ({ seq: call, call })));
  expect(seqs()).toEqual([[6, 7, 8, 9], 6]);
  expect(seqs(5)).toEqual([[6, 7, 8, 9], 1]);
  expect(seqs(8)).toEqual([[8, 9], 0]);
  expect(seqs(10)).toEqual([[], 0]);

  recorder.begin();
  recorder.note({ kind: "callBegan", call: 77 });
  expect(recorder.read().events).toMatchObject([{ seq: 0, call: 77 }]);
});

it("keeps only the beginning of a body that is too long for an activation", () => {
  const recorder = new TraceRecorder("aws", 4);
  recorder.note({ kind: "sent", ...row, body: "x".repeat(100_000), messageId: "m", visibleAtMs: 0, by: "" });

  expect(recorder.read().events).toMatchObject([{ eventId: "x".repeat(80), macAddress: "" }]);
});
