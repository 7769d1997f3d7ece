import { describe, expect, it } from "vitest";
import { activationOf, inventedTrace } from "#shared/testing/invented-trace.ts";
import type { InventedEvent } from "#shared/testing/invented-trace.ts";
import type { TraceHeader } from "#shared/trace.ts";
import { whatHappened } from "./what-happened.ts";

const told = (events: readonly InventedEvent[], header: Partial<TraceHeader> = {}) =>
  whatHappened(inventedTrace(events, header)).map(({ text }) => text);

/** Requested and accepted at that moment, into a queue unless it is in the API's memory. */
function accepted(nth: number, ms: number, { inMemory = false } = {}): InventedEvent[] {
  const a = activationOf(nth);
  return [
    a.asked(ms),
    a.claimed(ms + 1),
    ...(inMemory ? [] : [a.sent(ms + 2)]),
    a.written(ms + 3, "api", "accepted"),
    a.answered(ms + 5, 202),
  ];
}

/** The same, and its device works after `tookMs`. */
const done = (nth: number, ms: number, tookMs: number, { inMemory = false } = {}): InventedEvent[] => {
  const a = activationOf(nth);
  return [
    ...accepted(nth, ms, { inMemory }),
    ...a.called(ms + 6, inMemory ? "api" : `i${nth}`, nth, tookMs - 10),
    a.written(ms + tookMs, inMemory ? "api" : `i${nth}`, "active"),
    ...(inMemory ? [] : [a.deleted(ms + tookMs + 1, "lambda")]),
  ];
};

/** Delivered to an invocation of the same number, which then works on it. */
function inHand(nth: number, ms: number, environment: number): InventedEvent[] {
  const a = activationOf(nth);
  return [a.delivered(ms, { to: "lambda" }), a.invoked(ms + 1, environment, `i${nth}`)];
}

describe("the story of a run", () => {
  it("is one sentence if nothing happened", () => {
    expect(told([...done(1, 100, 400), ...done(2, 200, 450), ...done(3, 300, 900)])).toEqual([
      "Nothing went wrong: of 3 customers all have a device that works, half of them after 450 ms; c-3 waited longest, 900 ms.",
    ]);
    expect(told([])).toEqual(["No customer has asked for anything yet."]);
  });

  it("tells a kill, with what was in memory and is lost", () => {
    const events: InventedEvent[] = [
      ...done(1, 100, 400, { inMemory: true }),
      ...[2, 3].flatMap((nth) => accepted(nth, 4_000 + nth, { inMemory: true })),
      activationOf(4).asked(4_049),
      { ms: 4_050, kind: "killed", target: "api", pid: 7 },
      activationOf(4).answered(4_052),
    ];

    expect(told(events, { chapter: "02-ticket" })).toEqual([
      "At 4.05 s the API was killed with 2 activations in memory, and while 1 customer waited for an answer: they are lost.",
      "c-4 got an error or no answer, so this customer has no ticket.",
    ]);
  });

  it("tells a kill that lost nothing, and who waited longest because of it", () => {
    const events: InventedEvent[] = [
      ...done(1, 100, 400),
      ...accepted(2, 4_000),
      ...inHand(2, 4_010, 4_711),
      { ms: 4_050, kind: "killed", target: "function", pid: 4_711 },
      { ms: 4_051, kind: "environmentEnded", environment: 4_711, why: "killed" },
      activationOf(2).written(10_500, "i9", "active"),
    ];

    expect(told(events)).toEqual([
      "At 4.05 s environment 1 was killed with the message of c-2 in hand: its device works in the end.",
      "c-2 waited longest: its device works 6.5 s after the customer asked, half of them within 400 ms.",
    ]);
  });

  it("tells a kill of a worker, which worked only on its last message", () => {
    const [failed, finished, last] = [activationOf(1), activationOf(2), activationOf(3)];
    const events: InventedEvent[] = [
      ...[1, 2, 3].flatMap((nth) => accepted(nth, nth * 10)),
      failed.delivered(100, { to: "worker" }),
      finished.delivered(200, { to: "worker" }),
      finished.written(300, "worker", "active"),
      finished.deleted(301, "worker"),
      last.delivered(302, { to: "worker" }),
      { ms: 400, kind: "killed", target: "worker", pid: 7 },
    ];

    expect(told(events, { chapter: "03-queue" })[0]).toBe(
      "At 0.4 s the worker was killed with the message of c-3 in hand: it still waits.",
    );
  });

  it("tells a device that was provisioned twice, and why", () => {
    const a = activationOf(12);
    const events: InventedEvent[] = [
      ...accepted(12, 3_000),
      ...inHand(12, 3_010, 1),
      a.copied(3_210, 112),
      a.delivered(3_210, { to: "lambda", copy: 112 }),
      a.invoked(3_211, 2, "j12", 112),
      a.read(3_213, "i12", "accepted"),
      a.read(3_214, "j12", "accepted"),
      ...a.called(3_220, "i12", 1, 400),
      ...a.called(3_221, "j12", 2, 500),
      a.written(3_700, "i12", "active"),
    ];

    expect(whatHappened(inventedTrace(events))).toEqual([
      {
        atMs: 3_721,
        text: "c-12 was delivered twice, 200 ms apart; both read `accepted`; the vendor provisioned the device twice.",
        macAddress: activationOf(12).macAddress,
      },
    ]);
  });

  it("tells an outage, what was set aside, and what a redrive brought back", () => {
    const events: InventedEvent[] = [
      { ms: 1_000, kind: "weather", change: { outage: true } },
      ...[1, 2, 3, 4].flatMap((nth) => [
        ...accepted(nth, 1_000 + nth),
        ...activationOf(nth).called(1_100 + nth, `i${nth}`, nth, 0, 503),
        activationOf(nth).setAside(8_000 + nth, 200 + nth),
      ]),
      { ms: 3_000, kind: "weather", change: { outage: false } },
      activationOf(1).redriven(9_000, 201, 301),
      activationOf(1).written(9_500, "i9", "active"),
    ];

    expect(told(events)).toEqual([
      "From 1.0 s to 3.0 s the vendor was out of order, and turned 4 calls away.",
      "c-2, c-3 and c-4 are set aside in the dead-letter queue, and wait there for a person.",
      "The redrive brought 1 message back (c-1), and its device works.",
      "c-1 waited longest: its device works 8.5 s after the customer asked, half of them within 8.5 s.",
    ]);
  });

  it("tells a second send that a FIFO queue dropped", () => {
    expect(told([...done(1, 100, 400), activationOf(1).deduplicated(110)])).toEqual([
      "The FIFO queue already had the message of c-1, and stored no second one.",
    ]);
  });

  it("has at most six sentences, the most interesting ones, in the order of time", () => {
    const kills = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((nth): InventedEvent[] => [
      ...accepted(nth, nth * 1_000, { inMemory: nth === 7 }),
      { ms: nth * 1_000 + 500, kind: "killed", target: nth === 7 ? "api" : "worker", pid: nth },
    ]);

    const sentences = told(kills);

    expect(sentences).toHaveLength(6);
    expect(sentences).toContain("At 7.5 s the API was killed with 1 activation in memory: it is lost.");
  });

  it("calls nothing lost if events were dropped, and says so first", () => {
    const events: InventedEvent[] = [
      ...accepted(1, 0, { inMemory: true }),
      { ms: 50, kind: "killed", target: "api", pid: 7 },
    ];

    expect(told(events, { dropped: { vendor: 2 } })).toEqual([
      "2 events of this trace were dropped, so nothing here is called lost.",
      "At 0.05 s the API was killed with 1 activation in memory: it can't be followed further.",
    ]);
  });
});

describe("what is told while more may come", () => {
  const live = { plan: "live" };

  it("says where a page begins that was opened late, and calls lost who asked since then", () => {
    const events: InventedEvent[] = [
      ...accepted(1, 12_000, { inMemory: true }),
      { ms: 12_050, kind: "killed", target: "api", pid: 7 },
    ];
    const { header } = inventedTrace([]);
    const late = { ...live, dropped: { aws: 2 }, knownFromMs: header.startedAtMs + 10_200 };

    expect(told(events, late)).toEqual([
      "What happened before 11 s is no longer kept: the counts begin there.",
      "At 12.05 s the API was killed with 1 activation in memory: it is lost.",
    ]);
    expect(told(done(1, 12_000, 400), late)).toEqual([
      "What happened before 11 s is no longer kept: the counts begin there.",
      expect.stringMatching(/^Nothing went wrong: of 1 customer all have a device that works/),
    ]);
  });

  it("says since when somebody waits, so that the sentence stays the same while that goes on", () => {
    const waits = [...accepted(1, 1_000), ...accepted(2, 2_000), ...done(3, 9_000, 400)];

    expect(whatHappened(inventedTrace(waits, live))).toEqual([
      {
        atMs: 1_000,
        text: "c-1 has waited since 1.0 s, and 1 other still waits.",
        macAddress: activationOf(1).macAddress,
      },
    ]);
    expect(told([...done(1, 1_000, 5_000), ...done(2, 2_000, 400)], live)).toEqual([
      "c-1 waited longest: its device works 5.0 s after the customer asked.",
    ]);
  });

  it("is the newest where there is more than can be told", () => {
    const kills = [1, 2, 3, 4, 5, 6, 7, 8].map((nth): InventedEvent => ({
      ms: nth * 1_000,
      kind: "killed",
      target: "worker",
      pid: nth,
    }));
    const twice = (nth: number, ms: number): InventedEvent[] => [
      ...accepted(nth, ms),
      ...activationOf(nth).called(ms + 10, `i${nth}`, nth, 400),
      ...activationOf(nth).called(ms + 20, `j${nth}`, 100 + nth, 400),
      activationOf(nth).written(ms + 500, `i${nth}`, "active"),
      activationOf(nth).deleted(ms + 501),
    ];

    expect(told(kills, live)[0]).toMatch(/^At 3\.0 s the worker was killed/);
    expect(told(kills)[0]).toMatch(/^At 1\.0 s the worker was killed/);
    expect(told([...twice(1, 0), ...twice(2, 1_000)], live)[0]).toMatch(
      /^c-2 .* twice\. So was one more device\.$/,
    );
    expect(told([...twice(1, 0), ...twice(2, 1_000)])[0]).toMatch(
      /^c-1 .* twice\. So was one more device\.$/,
    );
  });

  it("has nothing to say of whoever was claimed before it began, and asks again", () => {
    const again = activationOf(1);
    const events = [again.asked(0), again.claimed(1, false), again.answered(5, 200), ...done(2, 9_000, 400)];

    expect(told(events, live)).toEqual([expect.stringMatching(/^Nothing went wrong: of 2 customers 1 have/)]);
  });
});
