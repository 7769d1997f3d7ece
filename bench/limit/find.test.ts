import { describe, expect, it } from "vitest";
import type { LimitProbe } from "#shared/limit.ts";
import { climb, confidence, findBelow } from "./find.ts";
import type { Found } from "./find.ts";
import { probeOf, throughputOf, truthOf } from "./testing/simulated.ts";
import type { Simulated } from "./testing/simulated.ts";

const promised = { answeredMs: 100, worksMs: 2_000 };
const vendor = { medianMs: 400, p99Ms: 1_200, ticketMs: 10 };
// Resembling 02 to 04 and the vendor.
const systems: Record<string, Simulated & { flood: number }> = {
  "one worker": { ...vendor, workers: 1, batch: 1, flood: 8 },
  "five environments with batches of four": { ...vendor, workers: 5, batch: 4, flood: 66 },
  "the vendor's twenty places": { ...vendor, workers: 20, batch: 1, flood: 66 },
};
const tries = 80;
const probingSeconds = 80;

/** One search as long as a chapter's: a flood, and as many probes as fit. */
async function search(system: Simulated & { flood: number }, seed: number) {
  const throughput = throughputOf(system, system.flood, seed);
  const seconds = throughput < 5 ? 20 : 14;
  let [spent, probed] = [10, 0];
  const { found } = await findBelow(throughput, {
    seconds,
    mayProbe: () => spent + seconds + 2 <= probingSeconds,
    probe: (perSecond) => {
      spent += seconds + 2;
      probed += 1;
      return probeOf(system, promised, { perSecond, seconds }, 1_000 * seed + probed);
    },
  });
  return { found, throughput };
}

const intervalOf = (found: Found) =>
  found.kind === "interval" ? found : { fromPerSecond: Number.NaN, toPerSecond: Number.NaN };

const searches = new Map<string, ReturnType<typeof searchAll>>();

async function searchAll(system: Simulated & { flood: number }) {
  const truth = truthOf(system, promised, system.flood);
  const each = Array.from({ length: tries }, async (_try, at) => {
    const { found, throughput } = await search(system, at + 1);
    return { ...intervalOf(found), throughput };
  });
  const intervals = await Promise.all(each);
  const right = intervals.filter(
    ({ fromPerSecond, toPerSecond }) => fromPerSecond <= truth && truth <= toPerSecond,
  );
  return { truth, intervals, covered: right.length };
}

const searchesOf = async (name: string, system: Simulated & { flood: number }) => {
  const found = searches.get(name) ?? searchAll(system);
  searches.set(name, found);
  return await found;
};

describe("the interval", () => {
  it.each(Object.entries(systems))(
    "has the limit of %s in it in most of 80 searches, and is no wider than it says",
    async (name, system) => {
      const { truth, intervals, covered } = await searchesOf(name, system);
      const widths = intervals
        .map(({ fromPerSecond, toPerSecond }) => toPerSecond / fromPerSecond)
        .toSorted((left, right) => left - right);

      expect(covered).toBeGreaterThanOrEqual(58);
      expect(widths[tries / 2]).toBeLessThan(truth < 5 ? 3 : 1.35);
      // The measured throughput is a bound, whatever the probes say.
      expect(intervals.filter(({ toPerSecond, throughput }) => toPerSecond > throughput)).toEqual([]);
    },
  );

  it("has the confidence that it states", async () => {
    const all = await Promise.all(Object.entries(systems).map(async (each) => await searchesOf(...each)));

    expect(all.reduce((sum, { covered }) => sum + covered, 0) / (3 * tries)).toBeGreaterThanOrEqual(
      confidence,
    );
  });
});

const clock = (inTime: number, of: number, p95Ms: number | null = 20) => ({ inTime, of, p95Ms });
const kept = (perSecond: number): LimitProbe => ({
  perSecond,
  seconds: 14,
  kept: true,
  answered: clock(100, 100),
  backlog: { middle: 0, end: 0 },
  donePerSecond: perSecond,
});
const broken = (perSecond: number, inTime = 80): LimitProbe => ({
  ...kept(perSecond),
  kept: false,
  answered: clock(inTime, 100, null),
  broke: "answered",
});
const late = (perSecond: number): LimitProbe => ({ ...broken(perSecond), doubt: "the sender was late" });
const often = (most: number) => {
  let times = 0;
  return () => (times += 1) <= most;
};

describe("a search below a throughput", () => {
  const find = (probe: (perSecond: number) => LimitProbe) =>
    findBelow(40, { seconds: 14, mayProbe: often(5), probe: (rate) => Promise.resolve(probe(rate)) });

  it("tries the lowest rate at once if most customers miss the promise, and gives no number if that one breaks it", async () => {
    const { found, probes } = await find((rate) => broken(rate, 3));

    expect(found.kind).toBe("never");
    expect(probes.map(({ perSecond }) => Math.round(10 * perSecond))).toEqual([expect.any(Number), 25]);
  });

  it("gives no number if no rate kept the promise", async () => {
    const { found, probes } = await find((rate) => broken(rate));

    expect(found).toEqual({ kind: "never", probe: probes.at(-1) });
  });

  it("gives up if the sender is late, with at least what was kept before", async () => {
    const [never, once] = await Promise.all([
      find(late),
      find((rate) => (rate < 30 ? kept(rate) : late(rate))),
    ]);

    expect(never.found.kind).toBe("late");
    expect(never.probes).toHaveLength(2);
    const highest = Math.max(...once.probes.filter((each) => each.kept).map(({ perSecond }) => perSecond));
    expect(once.found).toEqual({ kind: "at least", fromPerSecond: highest });
  });
});

describe("a climb", () => {
  const climbing = (probe: (perSecond: number) => LimitProbe, most = 20) =>
    climb({ answeredMs: 100, mayProbe: often(most), probe: (rate) => Promise.resolve(probe(rate)) });

  it("stops at the first overload, with the last rate that was kept and the first that was not", async () => {
    const { found, probes } = await climbing((rate) => (rate < 50 ? kept(rate) : broken(rate)));

    const { fromPerSecond, toPerSecond } = intervalOf(found);
    expect(probes.filter((each) => !each.kept)).toEqual([probes.at(-1)]);
    expect(fromPerSecond).toBeLessThanOrEqual(50);
    expect(fromPerSecond).toBeGreaterThan(20);
    expect(toPerSecond).toBeGreaterThanOrEqual(50);
    expect(toPerSecond).toBeLessThanOrEqual(100);
  });

  it("never states more than the server did", async () => {
    const overloaded = (rate: number) => ({ ...broken(rate), donePerSecond: 41 });

    const { found } = await climbing((rate) => (rate < 40 ? kept(rate) : overloaded(rate)));

    expect(intervalOf(found).toPerSecond).toBeLessThanOrEqual(41);
  });

  it("gives a lower bound if the sender is late or the time is over, and nothing if the first rate breaks", async () => {
    const [sender, time, first, firstLate] = await Promise.all([
      climbing((rate) => (rate < 50 ? kept(rate) : late(rate))),
      climbing(kept, 4),
      climbing(broken),
      climbing(late),
    ]);

    expect(sender.found).toMatchObject({ kind: "at least" });
    expect(time.found).toEqual({ kind: "at least", fromPerSecond: 8 });
    expect(first.found).toEqual({ kind: "never", probe: broken(1) });
    expect(firstLate.found).toEqual({ kind: "late", probe: late(1) });
  });
});
