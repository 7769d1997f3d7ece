import { describe, expect, test } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { drawCall, usualWeather } from "#shared/vendor-simulator/weather.ts";
import { quantiles } from "../figures/statistics.ts";
import { arrivals, seededRandom } from "../plan/arrivals.ts";
import { crowdArrivals, crowdDelays } from "./crowd.ts";
import { Mapping } from "./exact/consumers.ts";
import { Api } from "./exact/api.ts";
import { designOf } from "./exact/designs.ts";
import { System } from "./exact/system.ts";
import type { SystemOptions } from "./exact/system.ts";
import { Table } from "./front.ts";
import type { Quotas } from "./front.ts";
import { grow } from "./growth.ts";
import type { Growth } from "./growth.ts";

const unlimited: Quotas = {
  requestsPerSecond: Infinity,
  executions: Infinity,
  environmentsPer10Seconds: Infinity,
  tableWrites: Infinity,
  tableWritesMost: Infinity,
  tableGrowsAfterMs: Infinity,
};

const growth = {
  vendor: { medianMs: 400, p99Ms: 1_200, capacity: 20, line: 20 },
  batchSize: 4,
  concurrencyFirst: 5,
  concurrencyAMinute: 300,
  concurrencyMax: 5,
  inFlightMax: 120_000,
  quotas: unlimited,
  maxReceiveCount: 5,
  backoffMs: [5_000, 30_000, 120_000, 300_000],
  jitter: 0.5,
  retentionMs: 345_600_000,
  polls: 0,
  apiMs: 50,
  sendMs: 14,
  callMs: 6,
  invocationMs: 5,
  vendorWayMs: 6,
  coldStartMs: 375,
  retryMs: 1_000,
  leaseMs: 20_500,
  seed: 1,
} as const satisfies Partial<Growth>;

const grown = (perSecond: number) => ({
  concurrencyMax: perSecond / 2,
  vendor: { ...growth.vendor, capacity: 2 * perSecond },
});

const always = (ms: number) => ({ p50Ms: ms, p90Ms: ms });
const delayOf = (message: number) => drawCall(usualWeather, deviceAt(message).macAddress, 1).delayMs;

/** The same with the exact simulation, which was compared with measurements, with the same arrivals and draws. */
function exactly(load: Growth, tickets?: SystemOptions["tickets"]) {
  const system = new System({
    design: { ...designOf("08"), ...load, functionTimeoutMs: load.leaseMs - 500 },
    inputs: {
      api: always(load.sendMs / 0.7),
      call: always(load.callMs),
      invocation: always(load.invocationMs),
      vendorWayMs: load.vendorWayMs,
      coldStartMs: load.coldStartMs,
      killMs: 0,
      restartMs: 0,
      redriveMs: 0,
    },
    weather: { ...usualWeather, ...load.vendor },
    dueMs: [...crowdArrivals(load.perSecond, load.seconds, load.seed)],
    seed: 2,
    ...(tickets && { tickets }),
  });
  void new Api(system);
  const mapping = new Mapping(system);
  system.simulation.runUntil(1_800_000);
  const finishedMs = system.activations.flatMap(({ dueMs, activatedAtMs }) =>
    activatedAtMs === null ? [] : [activatedAtMs - dueMs],
  );
  return {
    done: finishedMs.length,
    setAside: system.queue.setAside.length,
    calls: system.vendor.calls,
    batches: mapping.invocations,
    ...quantiles({ finishedMs, never: 0 }),
  };
}

describe("the crowd agrees with the exact simulation, with the same arrivals and draws of the vendor", () => {
  test.each([
    ["10 a second, as in the template", { perSecond: 10, seconds: 120 }],
    ["100 a second, as in the template", { perSecond: 100, seconds: 30 }],
    ["100 a second, all grown", { perSecond: 100, seconds: 40, ...grown(100) }],
    ["1,000 a second, all grown", { perSecond: 1_000, seconds: 6, ...grown(1_000) }],
  ])("%s: every count, and each quantile within 2 %%", (_name, change) => {
    const load: Growth = { ...growth, ...change };

    const { done, setAside, attempts, batches, works } = grow(load, delayOf);

    const exact = exactly(load);
    expect({ done, setAside, attempts, batches }).toEqual({
      done: exact.done,
      setAside: exact.setAside,
      attempts: exact.calls,
      batches: exact.batches,
    });
    expect(works.quantile(0.5, done)).toSatisfy(isNear(exact.p50Ms, 0.02));
    expect(works.quantile(0.99, done)).toSatisfy(isNear(exact.p99Ms, 0.02));
  });

  // Most are refused, as in the storm of 10,000 a second: a waiting message has one chance in many each time that the vendor has room.
  test.each([
    ["10 a second", { perSecond: 10, seconds: 120, vendor: { ...growth.vendor, capacity: 2, line: 2 } }],
    ["100 a second", { perSecond: 100, seconds: 40 }],
    ["1,000 a second", { perSecond: 1_000, seconds: 4 }],
  ])("%s without MaximumConcurrency: counts within 3 sigma, quantiles within 2 %%", (_name, change) => {
    const load: Growth = { ...growth, ...change, concurrencyMax: 1_250 };

    const { sent, done, setAside, attempts, refused, works, front } = grow(load, delayOf);

    const exact = exactly(load);
    expect(refused).toBeGreaterThan(sent / 2);
    expect(done + setAside).toBe(sent);
    // Each attempt takes its lease, and notes how it ended.
    expect(front.tickets.written).toBe(sent + 2 * attempts);
    expect(done).toSatisfy(within3Sigma(exact.done));
    expect(setAside).toSatisfy(within3Sigma(exact.setAside));
    expect(attempts).toSatisfy(within3Sigma(exact.calls));
    expect(works.quantile(0.5, done)).toSatisfy(isNear(exact.p50Ms, 0.02));
    expect(works.quantile(0.99, done)).toSatisfy(isNear(exact.p99Ms, 0.02));
  });

  // An attempt without a lease asks no vendor, so it is not refused either. A busy table leaves leases behind that outlive its busy time.
  test.each([
    ["a table that stays too small", { tableWrites: 200, tableWritesMost: 200 }, {}],
    [
      "leases left by a table that has grown",
      { tableWrites: 150, tableWritesMost: 10_000, tableGrowsAfterMs: 10_000 },
      { seconds: 20, leaseMs: 100_000, vendor: { ...growth.vendor, capacity: 4, line: 4 } },
    ],
  ])(
    "%s, and a vendor that refuses: counts within 3 sigma, the median within 2 %%",
    (_name, quotas, change) => {
      const load: Growth = {
        ...growth,
        perSecond: 100,
        seconds: 40,
        concurrencyMax: 1_250,
        quotas: { ...unlimited, ...quotas },
        ...change,
      };

      const { sent, done, setAside, refused, unwritten, works } = grow(load, delayOf);

      const table = new Table("tickets table", load.quotas, load.retryMs, seededRandom(3));
      const exact = exactly(load, { table, retryMs: load.retryMs });
      expect(refused).toBeGreaterThan(sent / 2);
      expect(done + setAside).toBe(sent);
      expect(done).toSatisfy(within3Sigma(exact.done));
      expect(done + unwritten + refused).toSatisfy(within3Sigma(exact.calls));
      expect(works.quantile(0.5, done)).toSatisfy(isNear(exact.p50Ms, 0.02));
    },
  );
});

describe("what AWS does not allow is turned away, or waits", () => {
  const limited = (quotas: Partial<Quotas>, change: Partial<Growth> = {}) =>
    grow({
      ...growth,
      perSecond: 100,
      seconds: 60,
      ...grown(100),
      quotas: { ...unlimited, ...quotas },
      ...change,
    });

  test("the HTTP API answers 429, also to questions about tickets: the same share of both passes", () => {
    const { sent, front } = limited({ requestsPerSecond: 100 }, { polls: 1 });

    // A share p of 100 customers, and p of their p * 100 questions are 100 requests.
    const share = (Math.sqrt(5) - 1) / 2;
    expect(sent / 6_000).toSatisfy(isNear(share, 0.03));
    expect(front.refused + sent).toBe(6_000);
    expect(front.requests / 60).toSatisfy(isNear(100, 0.03));
    expect([front.unavailable, front.answered.quantile(0.5, sent)]).toEqual([0, expect.closeTo(50, 0)]);
    expect(front.gateway).toMatchObject({ fromMs: 1_000, times: expect.closeTo(2, 1) });
  });

  test("a table that can't take all claims gives some customers a 503, and some a slow 202, until it grows", () => {
    const quotas = { tableWrites: 40, tableWritesMost: 60, tableGrowsAfterMs: 30_000 };
    const { sent, front } = limited(quotas);

    const claimed = front.devices.written;
    expect(claimed).toSatisfy(isNear(30 * 40 + 30 * 60, 0.03));
    expect(sent).toSatisfy(isNear(claimed, 0.05));
    expect(front.unavailable + front.answered.count).toBe(6_000);
    expect(front.devices.limit.times).toSatisfy(isNear(2.5, 0.01));
    expect(front.answered.quantile(0.5, front.answered.count)).toBeGreaterThan(100);
  });

  test("a busy table of tickets: a 503 after the message was sent, attempts that fail, work that is done again", () => {
    const quotas = { tableWrites: 150, tableWritesMost: 150 };
    const [busy, withoutLeases] = [limited(quotas), limited(quotas, { leaseMs: 1 })];

    const { sent, done, setAside, unwritten, attempts, front } = busy;
    expect(done + setAside).toBe(sent);
    expect(front.answered.count).toBeLessThan(sent);
    expect([unwritten > 0, attempts > 1.2 * sent]).toEqual([true, true]);
    // A lease that was not given back is in the way of the next delivery.
    expect(attempts).toBeGreaterThan(1.02 * withoutLeases.attempts);
    // The customers' writes, and two for each attempt.
    expect(front.tickets.limit.times).toBeGreaterThan(1.5);
  });

  test("of the account's executions the API takes what it needs, and the mapping what is left", () => {
    const { backlog, front, done, sent } = limited({ executions: 10 });

    // 100 a second of 50 ms are 5. The other 5 do 30 a second, and all 10 would do 60.
    expect([done, front.unavailable]).toEqual([sent, 0]);
    expect(backlog).toSatisfy(isNear(60 * 70, 0.1));
    expect(front.lambda.fromMs).toBeLessThan(15_000);
  });

  test("an account that is too small for the API answers 503", () => {
    const { sent, front } = limited({ executions: 4 });

    expect(sent / 6_000).toSatisfy(isNear(4 / 5, 0.03));
    expect(front.unavailable + sent).toBe(6_000);
  });

  test("no more environments start in 10 s than Lambda starts", () => {
    const start = { concurrencyFirst: 50, seconds: 9 };

    const [few, all] = [limited({ environmentsPer10Seconds: 8 }, start), limited({}, start)];

    expect([few.concurrencyMost > 8, few.concurrencyMost <= 16, all.concurrencyMost > 16]).toEqual([
      true,
      true,
      true,
    ]);
    expect(few.done).toBe(few.sent);
  });
});

describe("the crowd's own rules", () => {
  test("what is older than the retention is deleted, and the rest is done in time", () => {
    const load: Growth = { ...growth, perSecond: 100, seconds: 60, retentionMs: 90_000 };

    const { sent, done, expired, emptyAtMs, works } = grow(load);

    expect(done + expired).toBe(sent);
    // 29 a second until the last one is too old.
    expect(done).toSatisfy(isNear(29 * 150, 0.05));
    expect(works.quantile(1, done)).toBeLessThan(90_000 + 5_000);
    expect(emptyAtMs).toBeLessThan(60_000 + 90_000 + 5_000);
  });

  test("no more is in flight than SQS allows, hidden messages included", () => {
    const load: Growth = { ...growth, perSecond: 200, seconds: 20, concurrencyMax: 1_250, inFlightMax: 300 };

    const { sent, done, setAside, inFlightMost } = grow(load);

    expect(done + setAside).toBe(sent);
    expect(inFlightMost).toBeGreaterThanOrEqual(300);
    // A batch that began below the limit is received whole.
    expect(inFlightMost).toBeLessThan(304);
  });

  test("the mapping's concurrency grows by 300 a minute, up to its maximum", () => {
    const load: Growth = { ...growth, perSecond: 500, seconds: 30, ...grown(1_000) };

    const after10s = grow({ ...load, seconds: 10, concurrencyMax: 60, retentionMs: 10_000 });
    const most = grow({ ...load, concurrencyMax: 60 });

    expect(after10s.concurrencyMost).toBeGreaterThan(45);
    expect(after10s.concurrencyMost).toBeLessThanOrEqual(60);
    expect(most.concurrencyMost).toBe(60);
  });
});

describe("what is drawn for millions has the distribution of what is drawn for thousands", () => {
  const count = 20_000;
  // Of pairs of samples with the same distribution, 1 in 1,000 is further apart (Kolmogorov and Smirnov).
  const allowed = 1.95 * Math.sqrt(2 / count);

  test("the vendor's delays", () => {
    const delay = crowdDelays(usualWeather, 1);

    const drawn = Array.from({ length: count }, delay);

    const own = Array.from({ length: count }, (_, at) => delayOf(at));
    expect(distance(drawn, own)).toBeLessThan(allowed);
    expect(
      distance(
        drawn.map((ms) => ms * 1.1),
        own,
      ),
    ).toBeGreaterThan(allowed);
  });

  test("the arrivals: equally many in each second, with the same gaps", () => {
    const gaps = (moments: readonly number[]) =>
      moments.slice(1).map((ms, at) => ms - (moments[at] as number));

    const drawn = [...crowdArrivals(100, count / 100, 1)];

    const phases = Array.from({ length: count / 100 }, () => ({ perSecond: 100, seconds: 1 }));
    const own = arrivals(phases, 2);
    expect(drawn.every((ms, at) => Math.floor(ms / 1_000) === Math.floor(at / 100))).toBe(true);
    expect(distance(gaps(drawn), gaps(own))).toBeLessThan(allowed);
    const places = (moments: readonly number[]) => moments.map((ms) => ms % 1_000);
    expect(distance(places(drawn), places(own))).toBeLessThan(allowed);
  });
});

const within3Sigma = (count: number) => (found: number) => Math.abs(found - count) <= 3 * Math.sqrt(count);

function isNear(wanted: number | null | undefined, share: number) {
  return (found: number | null) => found !== null && Math.abs(found / (wanted ?? Infinity) - 1) <= share;
}

/** The largest difference of two samples' distributions. Both have the same size. */
function distance(one: readonly number[], other: readonly number[]): number {
  const all = [...one.map((value) => [value, 1] as const), ...other.map((value) => [value, -1] as const)];
  let sum = 0;
  let most = 0;
  for (const [, sign] of all.toSorted(([left], [right]) => left - right)) {
    sum += sign;
    most = Math.max(most, Math.abs(sum));
  }
  return most / one.length;
}
