import { describe, expect, it } from "vitest";
import { activationOf, inventedTrace } from "#shared/testing/invented-trace.ts";
import type { InventedEvent } from "#shared/testing/invented-trace.ts";
import type { TraceHeader } from "#shared/trace.ts";
import { biographyOf } from "./biography.ts";
import type { CodePlaces } from "./decisions.ts";

const a = activationOf(12);

/** The story of c-12, one line each: "3008 First delivery: ...". */
function storyOf(events: readonly InventedEvent[], header: Partial<TraceHeader> = {}): string[] {
  return biographyOf(inventedTrace(events, header), a.eventId).map(
    ({ atMs, text }) => `${Math.round(atMs)} ${text}`,
  );
}

// The beginning in every chapter with a queue.
const accepted = [
  a.asked(3_000),
  a.claimed(3_003),
  a.sent(3_006),
  a.written(3_010, "api", "accepted"),
  a.answered(3_012, 202),
];
const acceptedStory = [
  "3000 The customer asked for the device.",
  "3003 The API claimed the device in the inventory.",
  "3006 The API sent the message: the queue keeps the work from now on.",
  "3010 The API wrote the ticket, which says `accepted`.",
  "3012 The API answered 202 after 12 ms: the customer holds a ticket.",
];
const lambda = { to: "lambda" };

describe("a message that comes twice", () => {
  const first = [
    ...accepted,
    a.delivered(3_020, lambda),
    a.invoked(3_021, 4_711, "i1"),
    a.written(3_023, "i1", "provisioning", { leaseOwner: "o1", leaseEndsAtMs: 7_500 }),
    ...a.called(3_025, "i1", 1, 400),
    a.written(3_430, "i1", "active"),
    a.returned(3_431, 4_711, "i1"),
    a.deleted(3_432, "lambda"),
  ];
  const copy = [
    a.copied(3_200, 112),
    a.delivered(3_201, { ...lambda, copy: 112 }),
    a.invoked(3_202, 4_712, "i2", 112),
    a.refused(3_205, "i2"),
    a.read(3_207, "i2", "provisioning"),
    a.hidden(3_210, "i2", 8_210, 112),
    a.returned(3_212, 4_712, "i2", { failedRows: [112] }),
    a.delivered(8_212, { ...lambda, copy: 112, receiveCount: 2 }),
    a.invoked(8_213, 4_712, "i3", 112),
    a.refused(8_215, "i3"),
    a.read(8_216, "i3", "active"),
    a.deleted(8_218, "lambda", 112),
  ];

  it("in 07 finds the lease held, waits until it has ended, and finds the device active", () => {
    expect(storyOf([...first, ...copy])).toEqual([
      ...acceptedStory,
      "3020 First delivery: SQS gave the message to environment 1 (receive count 1, hidden until 9.02 s).",
      "3023 The first delivery took the lease until 7.5 s.",
      "3025 The first delivery called the vendor.",
      "3200 The queue copied the message: a standard queue may deliver twice.",
      "3201 Second delivery: SQS gave the copy to environment 2 (receive count 1, hidden until 9.2 s).",
      "3205 The second delivery found the lease held until 7.5 s.",
      "3210 The second delivery hid the copy until 8.21 s, past the end of the lease.",
      "3212 The function named the copy as failed.",
      "3425 The vendor provisioned the device, after 400 ms.",
      "3430 The first delivery wrote `active`: the device works, 430 ms after the customer asked.",
      "3432 Lambda deleted the message: the function did not name it as failed.",
      "8212 Third delivery: the copy came back, and SQS gave it to environment 2 (receive count 2, hidden until 14.21 s).",
      "8215 The third delivery found the device active, so nothing was left to do.",
      "8218 Lambda deleted the copy: the function did not name it as failed.",
    ]);
  });

  it("names the deciding line of code, where the chapter has one", () => {
    const places: CodePlaces = { leaseHeld: { file: "chapters/07-lock/lease.ts", line: 66 } };

    const story = biographyOf(inventedTrace([...first, ...copy]), a.eventId, places);

    expect(story.filter(({ code }) => code !== undefined)).toEqual([
      {
        atMs: 3_205,
        text: "The second delivery found the lease held until 7.5 s.",
        code: { file: "chapters/07-lock/lease.ts", line: 66 },
      },
    ]);
  });

  it("mentions only the function if there is one delivery", () => {
    expect(storyOf(first)).toContain("3025 The function called the vendor.");
  });
});

describe("a kill in the middle", () => {
  it("in 02 loses what was in memory, although the vendor goes on", () => {
    const events: InventedEvent[] = [
      a.asked(3_000),
      a.written(3_010, "api", "accepted"),
      a.answered(3_012, 202),
      ...a.called(3_013, "api", 1, 400),
      { ms: 3_200, kind: "killed", target: "api", pid: 1 },
      { ms: 3_202, kind: "callerLeft", call: 1 },
    ];

    expect(storyOf(events).slice(-5)).toEqual([
      "3013 The API called the vendor.",
      "3200 The API was killed with the activation in its memory, and no one else knows of it.",
      "3202 The caller left after 189 ms without an answer.",
      "3413 The vendor provisioned the device, after 400 ms, and no one heard of it.",
      "3413 Lost: the device works, but the ticket says `accepted` forever, and nobody will ever tell the customer.",
    ]);
  });

  it("in 06 leaves `provisioning` behind, so the next delivery returns", () => {
    const events: InventedEvent[] = [
      ...accepted,
      a.delivered(3_020, lambda),
      a.invoked(3_021, 4_711, "i1"),
      a.read(3_022, "i1", "accepted"),
      a.written(3_023, "i1", "provisioning"),
      { ms: 3_200, kind: "environmentEnded", environment: 4_711, why: "killed" },
      a.delivered(9_022, { ...lambda, receiveCount: 2 }),
      a.invoked(9_023, 4_712, "i2"),
      a.read(9_024, "i2", "provisioning"),
      a.returned(9_025, 4_712, "i2"),
      a.deleted(9_026, "lambda"),
    ];

    expect(storyOf(events).slice(6)).toEqual([
      "3022 The first delivery read `accepted` and went on.",
      "3023 The first delivery wrote `provisioning`.",
      "3200 Environment 1 was killed in the middle; the message comes back at 9.02 s.",
      "9022 Second delivery: the message came back, and SQS gave it to environment 2 (receive count 2, hidden until 15.02 s).",
      "9024 The second delivery read `provisioning` and returned, since somebody seems to be at work.",
      "9026 Lambda deleted the message: the function did not name it as failed.",
      "9026 Lost: the customer holds a ticket, and nobody will ever work on it.",
    ]);
  });

  it("in 07 is taken over when the lease has ended", () => {
    const lease = (leaseEndsAtMs: number) => ({ leaseOwner: "o", leaseEndsAtMs });
    const events: InventedEvent[] = [
      ...accepted,
      a.delivered(3_020, lambda),
      a.invoked(3_021, 4_711, "i1"),
      a.written(3_023, "i1", "provisioning", lease(7_500)),
      { ms: 3_200, kind: "environmentEnded", environment: 4_711, why: "killed" },
      a.delivered(9_022, { ...lambda, receiveCount: 2 }),
      a.invoked(9_023, 4_712, "i2"),
      a.written(9_024, "i2", "provisioning", lease(13_500)),
    ];

    expect(storyOf(events)).toContain(
      "9024 The second delivery found a lease that had ended at 7.5 s, and took it over until 13.5 s.",
    );
  });

  it("of 03's worker lets the message come back", () => {
    const events: InventedEvent[] = [
      ...accepted,
      a.delivered(3_020, { to: "worker" }),
      ...a.called(3_021, "worker", 1, 400),
      { ms: 3_200, kind: "killed", target: "worker", pid: 1 },
    ];

    expect(storyOf(events)).toContain(
      "3200 The worker was killed in the middle; the message comes back at 9.02 s.",
    );
  });
});

describe("a device that can't be provisioned", () => {
  it("is retried with waits, set aside, and redriven", () => {
    const events: InventedEvent[] = [
      ...accepted,
      a.delivered(3_020, lambda),
      a.invoked(3_021, 4_711, "i1"),
      ...a.called(3_025, "i1", 1, 400, 500),
      a.hidden(3_430, "i1", 4_430),
      a.returned(3_432, 4_711, "i1", { failedRows: [12] }),
      a.delivered(6_000, { ...lambda, receiveCount: 2 }),
      a.invoked(6_001, 4_711, "i2"),
      a.written(6_400, "i2", "failed"),
      a.setAside(12_000, 212),
      a.redriven(14_000, 212, 312),
    ];

    expect(storyOf(events).slice(7)).toEqual([
      "3425 The vendor answered 500 after 400 ms: it did not provision the device.",
      "3430 The first delivery hid the message until 4.43 s.",
      "3432 The function named the message as failed.",
      "6000 Second delivery: the message came back, waited 1.6 s, and SQS gave it to environment 1 (receive count 2, hidden until 12.0 s).",
      "6400 The second delivery wrote `failed`, since it was the last one.",
      "12000 SQS had delivered it 5 times in vain, and set it aside in the dead-letter queue.",
      "14000 The redrive moved the message back; its receive count starts at 0 again.",
      "14000 The trace ends here, while the message waits in the queue.",
    ]);
  });
});

describe("two copies at the same time", () => {
  const lease = (leaseEndsAtMs: number) => ({ leaseOwner: "o", leaseEndsAtMs });

  it("in one batch are told apart only if the trace does", () => {
    const events: InventedEvent[] = [
      ...accepted,
      a.copied(3_015, 112),
      a.delivered(3_020, lambda),
      a.delivered(3_020, { ...lambda, copy: 112 }),
      { ms: 3_021, kind: "invoked", environment: 1, invocation: "i1", rows: [12, 112], eventIds: [] },
      a.written(3_023, "i1", "provisioning", lease(7_500)),
      a.refused(3_024, "i1"),
      a.hidden(3_030, "i1", 8_000, 112),
    ];

    expect(storyOf(events).slice(-4, -1)).toEqual([
      "3023 One of these deliveries took the lease until 7.5 s.",
      "3024 One of these deliveries found the lease held until 7.5 s.",
      "3030 The second delivery hid the copy until 8.0 s, past the end of the lease.",
    ]);
  });

  it("take a released lease, whoever reads or writes in between", () => {
    const events: InventedEvent[] = [
      ...accepted,
      a.copied(3_015, 112),
      a.delivered(3_020, lambda),
      a.invoked(3_021, 1, "i1"),
      // By the vendor's clock the call came first.
      { ms: 3_022, kind: "callArrived", call: 1, macAddress: a.macAddress, by: "i1" },
      a.written(3_023, "i1", "provisioning", lease(7_500)),
      a.delivered(3_030, { ...lambda, copy: 112 }),
      a.invoked(3_031, 2, "i2", 112),
      a.refused(3_040, "i2"),
      a.written(3_041, "i1", "failed"),
      a.read(3_042, "i2", "failed"),
      a.delivered(9_000, { ...lambda, copy: 112, receiveCount: 2 }),
      a.invoked(9_001, 2, "i3", 112),
      a.written(9_002, "i3", "provisioning", lease(13_500)),
    ];

    expect(storyOf(events).slice(7, -1)).toEqual([
      "3023 The first delivery took the lease until 7.5 s.",
      "3022 The first delivery called the vendor.",
      "3030 Second delivery: SQS gave the copy to environment 2 (receive count 1, hidden until 9.03 s).",
      "3040 The second delivery found the lease held until 7.5 s.",
      "3041 The first delivery wrote `failed`, since it was the last one.",
      "9000 Third delivery: the copy came back, and SQS gave it to environment 2 (receive count 2, hidden until 15.0 s).",
      "9002 The third delivery took the lease until 13.5 s.",
    ]);
  });
});

it("says what the vendor answers, and how long a call waited in line", () => {
  const events: InventedEvent[] = [
    a.asked(0),
    a.claimed(1),
    { ms: 10, kind: "callArrived", call: 1, macAddress: a.macAddress, by: "api", idempotencyKey: "k" },
    { ms: 310, kind: "callBegan", call: 1 },
    { ms: 400, kind: "callEnded", call: 1, status: 201, provisioned: false },
    { ms: 500, kind: "callArrived", call: 2, macAddress: a.macAddress, by: "api" },
    { ms: 501, kind: "callEnded", call: 2, status: 429, provisioned: false },
  ];

  expect(storyOf(events, { chapter: "01-synchronous" }).slice(2)).toEqual([
    "10 The API called the vendor, with the eventId as its key.",
    "310 The vendor began after the call had stood in line for 300 ms.",
    "400 The vendor knew the key: it answered 201 after 390 ms, and provisioned nothing again.",
    "500 The API called the vendor.",
    "501 The vendor turned the call away with 429: it had too many.",
  ]);
});

it("tells of Lambda's internal queue as of SQS", () => {
  const { eventId, macAddress } = a;
  const named = { eventId, macAddress };
  const events: InventedEvent[] = [
    { ms: 0, kind: "asyncAccepted", ...named, invocation: "i1", by: "api" },
    { ms: 1, kind: "invoked", environment: 1, invocation: "i1", rows: [], eventIds: [eventId] },
    ...a.called(2, "i1", 1, 400, 500),
    a.returned(410, 1, "i1", { outcome: "failed" }),
    { ms: 411, kind: "asyncRetried", invocation: "i1", attempt: 2, againAtMs: 1_411 },
    {
      ms: 2_000,
      kind: "sent",
      queue: "dead",
      row: 9,
      ...named,
      messageId: "m",
      visibleAtMs: 2_000,
      by: "lambda",
    },
    { ms: 2_000, kind: "asyncDiscarded", invocation: "i1", to: "dead", newRow: 9 },
  ];

  expect(storyOf(events)).toEqual([
    "0 The API handed the event to Lambda, whose own queue keeps it from now on.",
    "1 Lambda invoked the function in environment 1.",
    "2 The function called the vendor.",
    "402 The vendor answered 500 after 400 ms: it did not provision the device.",
    "410 The function failed as a whole.",
    "411 Lambda tries again at 1.41 s.",
    "2000 Lambda gave up, and set the event aside in the dead-letter queue.",
    "2000 The trace ends here. The message waits in the dead-letter queue, for a redrive.",
  ]);
});

it("tells of a second send that a FIFO queue dropped, even if the message is gone", () => {
  const events = [
    ...accepted,
    a.deduplicated(3_020),
    a.deleted(3_432, "lambda"),
    a.deduplicated(4_000, "api"),
  ];

  expect(storyOf(events).slice(acceptedStory.length, -1)).toEqual([
    "3020 The message was sent again, and the FIFO queue stored nothing: it already had this deduplication id.",
    "3432 Lambda deleted the message: the function did not name it as failed.",
    "4000 The API sent the message again, and the FIFO queue stored nothing: it already had this deduplication id.",
  ]);
});

it("calls nothing lost if events were dropped", () => {
  const events = [
    a.asked(0),
    a.written(1, "api", "accepted"),
    a.answered(2, 202),
    { ms: 9, kind: "killed", target: "api", pid: 1 } as const,
  ];

  expect(storyOf(events).at(-1)).toContain("Lost");
  expect(storyOf(events, { dropped: { vendor: 3 } }).at(-1)).toBe(
    "9 Nothing more is noted, but 3 events of this trace were dropped.",
  );
});

it("finds nothing for an unknown name", () => {
  expect(biographyOf(inventedTrace(accepted), "e-99")).toEqual([]);
});
