import { describe, expect, it } from "vitest";
import { causeOf } from "./cause.ts";
import type { Evidence } from "./cause.ts";
import { doubtAbout, judge } from "./verdict.ts";
import type { Seen } from "./verdict.ts";

const phase = { perSecond: 10, seconds: 10 };
const promised = { answeredMs: 100, worksMs: 2_000 };
/** A hundred customers who are served at once, except for what `change` says. */
const customers = (change: (at: number) => Partial<Seen> = () => ({})): Seen[] =>
  Array.from({ length: 100 }, (_, at) => {
    const dueMs = at * 100;
    return { dueMs, isAccepted: true, answeredMs: dueMs + 20, activeMs: dueMs + 500, ...change(at) };
  });

describe("a promise", () => {
  it("is kept if 95 of 100 are in time by both clocks, and broken by one more", () => {
    const slow = (count: number) =>
      judge(
        customers((at) => (at < count ? { answeredMs: at * 100 + 101 } : {})),
        promised,
        phase,
      );

    expect(slow(5)).toMatchObject({ kept: true, answered: { inTime: 95, of: 100, p95Ms: 20 } });
    expect(slow(6)).toMatchObject({ kept: false, broke: "answered", answered: { inTime: 94, p95Ms: 101 } });
  });

  it("is broken by an error, however fast, and by a device that never works", () => {
    const errors = judge(
      customers((at) => ({ isAccepted: at % 10 !== 0 })),
      promised,
      phase,
    );
    const lost = judge(
      customers((at) => (at % 10 === 0 ? { activeMs: null } : {})),
      promised,
      phase,
    );

    expect(errors).toMatchObject({
      broke: "answered",
      answered: { inTime: 90 },
      works: { of: 90, inTime: 90 },
    });
    expect(lost).toMatchObject({ broke: "works", works: { of: 100, inTime: 90, p95Ms: null } });
  });

  it("is broken by a growing backlog, even if each customer is still in time", () => {
    // The last one waits for five seconds.
    const growing = judge(
      customers((at) => ({ activeMs: at * 150 })),
      { ...promised, worksMs: 10_000 },
      phase,
    );

    expect(growing).toMatchObject({ kept: false, broke: "works", works: { inTime: 100 } });
    expect(growing.backlog.end).toBeGreaterThan(growing.backlog.middle + 10);
    expect(growing.donePerSecond).toBeLessThan(7);
  });

  it("has one clock if no one can see the other", () => {
    const { activeMs: _unseen, ...seen } = customers()[0] as Required<Seen>;

    expect(judge([seen], { answeredMs: 100 }, phase)).not.toHaveProperty("works");
  });

  it("may be missed by one of a few, who had bad luck", () => {
    const few = (misses: number) =>
      judge(customers((at) => (at < misses ? { activeMs: null } : {})).slice(0, 8), promised, {
        perSecond: 1,
        seconds: 8,
      }).kept;

    expect([few(1), few(2)]).toEqual([true, false]);
  });
});

describe("a doubt", () => {
  const clock = { longestPauseMs: 0, driftMs: 0 };
  const answers = (lateMs: number) =>
    Array.from({ length: 20 }, () => ({ dueMs: 0, lateMs, answeredMs: 1, outcome: "accepted" as const }));

  it("is a sender that is late by a tenth of the promise, or a machine that slept", () => {
    expect(doubtAbout({ answers: answers(9), clock }, promised)).toBeUndefined();
    expect(doubtAbout({ answers: answers(11), clock }, promised)).toMatch(/^the sender was late: .* 11 ms/);
    expect(doubtAbout({ answers: answers(0), clock: { ...clock, driftMs: 900 } }, promised)).toMatch(/slept/);
  });

  it("doesn't matter for a rate that was kept all the same", () => {
    const broken = customers((at) => ({ answeredMs: at * 100 + 500 }));

    expect(judge(customers(), promised, phase, "late")).not.toHaveProperty("doubt");
    expect(judge(broken, promised, phase, "late")).toMatchObject({ kept: false, doubt: "late" });
  });
});

describe("the cause", () => {
  const processor = (api: number, busyShare = 0.5) => ({
    busyShare,
    busiestShare: busyShare,
    ofOneCore: { api },
  });
  const evidence = (of: Partial<Evidence> & { visible?: number; vendorOpen?: number }): Evidence => {
    const { visible = 0, vendorOpen = 0, ...rest } = of;
    // The first half of a probe doesn't count.
    const samples = [1, 6_000, 9_000].map((atMs) => ({
      atMs,
      visible: atMs > 1 ? visible : 99,
      inFlight: 0,
      setAside: 0,
      vendorOpen: atMs > 1 ? vendorOpen : 0,
    }));
    const calm = { processor: processor(0.3), seconds: 10, backlog: { middle: 5, end: 5 } };
    return {
      ...calm,
      samples,
      vendorCapacity: 20,
      vendorCalls: 300,
      refusals: 0,
      hasQueue: true,
      cores: 2,
      ...rest,
    };
  };

  it.each<[cause: string, Parameters<typeof evidence>[0], says: string]>([
    ["api", { processor: processor(0.93) }, "0.93 of a core"],
    ["machine", { processor: processor(0.5, 0.97) }, "97 % of the time, and other programs had 1.4 of 2"],
    ["vendor", { vendorOpen: 19 }, "19 calls for its 20 places"],
    ["vendor", { refusals: 12 }, "it refused 12 of 300"],
    [
      "queue",
      { backlog: { middle: 20, end: 60 }, vendorOpen: 12 },
      "20 customers waited in the middle and 60",
    ],
    ["queue", { visible: 3 }, "messages waited"],
    ["unclear", { visible: 3, hasQueue: false }, "none of the three"],
    ["unclear", {}, "none of the three"],
  ])("is %s by %o", (cause, of, says) => {
    expect(causeOf(evidence(of))).toEqual({ cause, why: expect.stringContaining(says) });
  });
});
