import { describe, expect, it } from "vitest";
import { createTimeline } from "#shared/picture/scene/timeline.ts";
import type { Fate } from "#shared/results.ts";
import { inventedRun } from "#shared/testing/invented-run.ts";
import { traceVersion } from "#shared/trace.ts";
import type { Trace, TraceEvent, TracePart } from "#shared/trace.ts";
import { readTrace } from "#shared/tracing/activations.ts";
import { balance } from "./ledger.ts";
import type { Evidence } from "./ledger.ts";
import { differences, evidenceOf } from "./ledger-of-trace.ts";

type Bare<Event> = Event extends TraceEvent ? Omit<Event, "atMs" | "part" | "seq"> : never;
type Invented = Bare<TraceEvent>;

const partsOf = (kind: string): TracePart =>
  /^(asked|answered)$/.test(kind) ? "customers" : kind.startsWith("call") ? "vendor" : "aws";

/** A trace of these events, a millisecond apart. */
function traceOf(events: readonly Invented[], header: Partial<Trace["header"]> = {}): Trace {
  const counts = new Map<TracePart, number>();
  return {
    header: {
      traceVersion,
      chapter: "07-lock",
      row: "07",
      plan: "the storm",
      startedAtMs: 1_000,
      deadLetterQueue: "dead",
      dropped: {},
      ...header,
    },
    events: events.map((event, at) => {
      const part = partsOf(event.kind);
      const seq = counts.get(part) ?? 0;
      counts.set(part, seq + 1);
      return { ...event, atMs: 1_000 + at, part, seq } as TraceEvent;
    }),
  };
}

const device = (nth: number) => `00-0${nth}`;
const asked = (nth: number): Invented => ({
  kind: "asked",
  request: nth,
  customerId: `c-${nth}`,
  macAddress: device(nth),
});
const answered = (nth: number, status?: number): Invented => ({
  kind: "answered",
  request: nth,
  ...(status !== undefined && { status }),
  ...(status !== undefined && status < 300 && { eventId: `e-${nth}` }),
});
const claimed = (nth: number): Invented => ({
  kind: "claimed",
  eventId: `e-${nth}`,
  macAddress: device(nth),
  isFirst: true,
  by: "api",
});
const sent = (nth: number): Invented => ({
  kind: "sent",
  queue: "work",
  row: nth,
  eventId: `e-${nth}`,
  macAddress: device(nth),
  messageId: `m-${nth}`,
  visibleAtMs: 0,
  by: "api",
});
const written = (nth: number, status: string, activatedAtMs?: number): Invented => ({
  kind: "written",
  eventId: `e-${nth}`,
  status,
  ...(activatedAtMs !== undefined && { activatedAtMs }),
  by: "i",
});
const deleted = (row: number): Invented => ({ kind: "deleted", queue: "work", row, by: "lambda" });
const setAside = (row: number, newRow: number): Invented => ({
  kind: "setAside",
  queue: "work",
  row,
  to: "dead",
  newRow,
  receiveCount: 5,
});
const accepted = (nth: number): Invented[] => [
  asked(nth),
  claimed(nth),
  sent(nth),
  written(nth, "accepted"),
  answered(nth, 202),
];
let calls = 0;
const provisioned = (nth: number): Invented[] => {
  const call = (calls += 1);
  return [
    { kind: "callArrived", call, macAddress: device(nth), by: "i" },
    { kind: "callBegan", call },
    { kind: "callEnded", call, status: 201, provisioned: true },
  ];
};

const evidence = (events: readonly Invented[], header = {}): Evidence => {
  const found = evidenceOf(traceOf(events, header));
  if ("whyNone" in found) {
    throw new Error(found.whyNone);
  }
  return found;
};

const drawnFates: Record<Fate, string> = {
  refused: "error",
  activated: "works",
  waiting: "onTheWay",
  deadLettered: "setAside",
  gaveUp: "gaveUp",
  lost: "lost",
};

/** What the stories and the pictures say about each customer's end. */
function tellersOf(trace: Trace) {
  const read = readTrace(trace);
  const { activations } = createTimeline(trace).last;
  return trace.events.flatMap((event) =>
    event.kind === "asked"
      ? [[read.find(event.macAddress)?.fate, activations.get(event.macAddress)?.fate]]
      : [],
  );
}

describe("what became of each customer, from a trace alone", () => {
  it.each<[string, Invented[], object]>([
    [
      "activated",
      [...accepted(1), ...provisioned(1), written(1, "active", 1_500), deleted(1)],
      { fate: "activated", activatedAtMs: 1_500, provisionedCount: 1 },
    ],
    ["waiting, in the queue", accepted(1), { fate: "waiting" }],
    ["lost, deleted and not done", [...accepted(1), deleted(1)], { fate: "lost" }],
    ["set aside", [...accepted(1), setAside(1, 9)], { fate: "deadLettered" }],
    [
      "waiting again, after a redrive",
      [...accepted(1), setAside(1, 9), { kind: "redriven", queue: "dead", row: 9, to: "work", newRow: 10 }],
      { fate: "waiting" },
    ],
    [
      "waiting, as a copy of what is done otherwise",
      [...accepted(1), { kind: "copied", queue: "work", row: 1, copy: 2, visibleAtMs: 0 }, deleted(1)],
      { fate: "waiting" },
    ],
    [
      "lost, after retention and a purge",
      [
        ...accepted(1),
        { kind: "copied", queue: "work", row: 1, copy: 2, visibleAtMs: 0 },
        { kind: "expired", queue: "work", row: 1 },
        { kind: "purged", queue: "work", row: 2 },
      ],
      { fate: "lost" },
    ],
    ["given up", [...accepted(1), written(1, "failed"), deleted(1)], { fate: "gaveUp" }],
    [
      "done twice by the vendor",
      [...accepted(1), ...provisioned(1), ...provisioned(1), written(1, "active", 1_500), deleted(1)],
      { fate: "activated", provisionedCount: 2 },
    ],
    [
      "refused, by the service",
      [asked(1), claimed(1), answered(1, 503)],
      { outcome: "failed", fate: "refused" },
    ],
    ["refused, by the contract", [asked(1), answered(1, 404)], { outcome: "rejected" }],
    ["never answered", [asked(1), answered(1)], { outcome: "unanswered" }],
    [
      "told again",
      [asked(1), claimed(1), written(1, "active", 5), answered(1, 200)],
      { outcome: "repeated" },
    ],
  ])("%s", (_fate, events, found) => {
    const { fates } = balance(evidence(events));

    expect(fates).toMatchObject([found]);
    expect(tellersOf(traceOf(events))).toEqual(fates.map(({ fate }) => [fate, drawnFates[fate]]));
  });

  it.each(["memory", "check", "lease"] as const)(
    "is the same in the ledger, the stories and the pictures of an invented storm of %s",
    (kind) => {
      const storm = { customers: 60, perSecond: 60, killAtMs: 500, everyNthTwice: 5, poison: [7], seed: 3 };
      const trace = inventedRun({ kind, ...storm });
      const { fates } = balance(evidenceOf(trace) as Evidence);

      expect(new Set(fates.map(({ fate }) => fate)).size).toBeGreaterThan(1);
      expect(tellersOf(trace)).toEqual(fates.map(({ fate }) => [fate, drawnFates[fate]]));
    },
  );

  it("an asynchronous event waits until it is done or given up, each of its copies separately", () => {
    const put: Invented = {
      kind: "asyncAccepted",
      invocation: "i",
      eventId: "e-1",
      macAddress: device(1),
      by: "api",
    };
    const invoked: Invented = {
      kind: "invoked",
      environment: 5,
      invocation: "i",
      rows: [],
      eventIds: ["e-1"],
    };
    const returned = (outcome: "answered" | "failed"): Invented => ({
      kind: "returned",
      environment: 5,
      invocation: "i",
      outcome,
      failedRows: [],
    });
    const begun = [asked(1), claimed(1), put, written(1, "accepted"), answered(1, 202)];
    const left = (events: readonly Invented[]) => {
      const { messages, workedOn } = evidence(events);
      return [messages.length, workedOn.length];
    };

    expect(left(begun)).toEqual([1, 0]);
    expect(left([...begun, invoked])).toEqual([1, 1]);
    expect(left([...begun, invoked, returned("failed")])).toEqual([1, 0]);
    expect(left([...begun, put, invoked, returned("answered")])).toEqual([1, 0]);
    expect(left([...begun, invoked, returned("answered")])).toEqual([0, 0]);
    expect(
      left([...begun, invoked, returned("failed"), { kind: "asyncDiscarded", invocation: "i" }]),
    ).toEqual([0, 0]);
  });

  it("counts the same calls as the vendor's own ledger", () => {
    const arrived = (call: number): Invented => ({
      kind: "callArrived",
      call,
      macAddress: device(1),
      by: "",
    });
    const over = (call: number, status?: number): Invented => ({
      kind: "callEnded",
      call,
      ...(status !== undefined && { status }),
      provisioned: false,
    });
    const { vendor } = evidence([
      ...[1, 2, 3, 4].map(arrived),
      // Turned away; a key of another device; one works; one is in line.
      over(1, 503),
      over(2, 422),
      { kind: "callBegan", call: 3 },
    ]);

    expect(vendor).toEqual({
      calls: [{ macAddress: device(1) }, { macAddress: device(1) }],
      provisionings: {},
      open: [device(1)],
    });
  });
});

describe("says in a sentence why a trace gives no ledger", () => {
  const whole = traceOf([...accepted(1), ...accepted(2)]);
  it.each([
    [
      "events were dropped",
      { ...whole, header: { ...whole.header, dropped: { aws: 3 } } },
      "3 of the part aws",
    ],
    [
      "one is missing in the middle",
      { ...whole, events: whole.events.filter(({ part, seq }) => part !== "aws" || seq !== 2) },
      "expected event 2 of the part aws, got 3",
    ],
    [
      "a ticket's state is unknown",
      traceOf([{ kind: "written", eventId: "e-9", by: "i" }]),
      "what the ticket e-9 says after a write is not known",
    ],
  ])("%s", (_what, trace, sentence) => {
    expect(evidenceOf(trace)).toEqual({ whyNone: expect.stringContaining(sentence) });
  });
});

it("names where two ledgers differ", () => {
  const done = balance(
    evidence([...accepted(1), ...provisioned(1), written(1, "active", 1_500), deleted(1)]),
  );
  const lost = balance(evidence([...accepted(1), ...provisioned(1), deleted(1)]));

  expect(differences(done, done)).toEqual([]);
  expect(differences(done, lost)).toEqual([
    "activated is 1, but the trace says 0",
    "lost is 0, but the trace says 1",
    "orphaned is 0, but the trace says 1",
    expect.stringMatching(/^customer 0 is .*"activated".*, but the trace says .*"lost"/),
  ]);
});
