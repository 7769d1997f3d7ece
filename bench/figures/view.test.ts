import { describe, expect, it } from "vitest";
import type { Run } from "#shared/results.ts";
import { inventedFullResults } from "../testing/invented.ts";
import { inventedResults } from "../testing/invented.ts";
import { ledgerColumns, paidInWords } from "./ledger-columns.ts";
import { summedUp } from "./run.ts";
import { doubtsAbout, saturatedShareOf, viewOf } from "./view.ts";

describe("the view of what was measured", () => {
  const results = inventedFullResults({ runs: 3, short: true });
  const view = viewOf(results);

  it("has a plan for each part that a row ran, and nothing else", () => {
    const { plans, chapters } = results;
    const unmeasured = { ...plans, rush: plans.day };

    expect(Object.keys(viewOf({ ...results, plans: unmeasured }).trials)).toEqual(["day", "storm"]);
    expect(Object.values(view.trials).map(({ part, rows }) => [part, rows.length])).toEqual([
      ["day", chapters.length],
      ["storm", chapters.length],
    ]);
    expect(viewOf({ ...results, chapters: [] })).toMatchObject({ trials: {}, sweep: undefined });
  });

  it("adds up the counts of all runs, and takes the medians of their times", () => {
    const [chapter] = results.chapters;
    const [row] = view.trials.storm?.rows ?? [];
    const { runs, median } = chapter?.storm ?? {};

    expect(row?.ledger.sent).toBe(runs?.reduce((sum, { ledger }) => sum + ledger.sent, 0));
    expect(row?.median.response).toMatchObject(median?.response ?? {});
    expect(row?.across.response.never).toBe(runs?.reduce((sum, { response }) => sum + response.never, 0));
    expect(row?.run).toBe(runs?.[0]);
  });

  it("shows a p99 only if every run of every row has enough samples", () => {
    const highOf = (lacksSamples: (run: Run) => boolean, isAccepted = true) => {
      const days = inventedResults({ runs: 2 });
      const chapters = days.chapters.map((row) => {
        const runs = (row.day?.runs ?? []).map((run) =>
          lacksSamples(run)
            ? run
            : {
                ...run,
                response: { ...run.response, p99Ms: 900 },
                activation: { ...run.activation, ...(isAccepted && { p99Ms: 1_200 }) },
              },
        );
        return { ...row, day: summedUp(runs) };
      });
      return viewOf({ ...days, chapters }).trials.day?.high;
    };

    expect(highOf(() => false)).toBe("p99Ms");
    expect(highOf(({ seed }) => seed === 2)).toBe("maxMs");
    // Fewer were accepted than asked, so there are too few activation times for a p99.
    expect(highOf(() => false, false)).toBe("maxMs");
  });

  it("knows a plan's troubles", () => {
    const { storm } = view.trials;
    const { events = [], customers = 0, everyNthTwice = 1 } = storm?.plan ?? {};
    const at = (does: string) => (events.find((event) => event.does === does)?.atMs ?? 0) / 1_000;

    expect(storm).toMatchObject({
      outage: { fromSecond: at("outage-begins"), toSecond: at("outage-ends") },
      sentTwice: Math.floor(customers / everyNthTwice),
    });
    expect(storm?.killsAtSeconds).toHaveLength(events.filter(({ does }) => does.startsWith("kill")).length);
  });

  it("finds where a chapter bends, and whether it then fails or only waits", () => {
    expect(view.sweep?.rows.map(({ id, bend }) => ({ id, ...bend }))).toEqual([
      { id: "01", steadyUpTo: 40, overFrom: 60, fails: true },
      { id: "03", steadyUpTo: 2, overFrom: 5, fails: false },
      { id: "04", steadyUpTo: 40, overFrom: 60, fails: false },
      { id: "07", steadyUpTo: 40, overFrom: 60, fails: false },
    ]);
  });

  it("knows that the usual vendor can do about 44 calls a second", () => {
    expect(view.vendorPerSecond).toBeCloseTo(44.7, 1);
  });

  it("names the part and the run of each doubt", () => {
    const { chapters } = structuredClone(results);
    const [row] = chapters;
    row?.day?.runs[1]?.reasons.push("the machine slept");
    row?.sweep?.[0]?.reasons.push("it was late");

    expect(doubtsAbout(chapters)).toEqual([
      { part: "day", chapter: "01-synchronous", reason: "01 sync, day 2: the machine slept" },
      { part: "sweep", chapter: "01-synchronous", reason: "01 sync at 1 a second: it was late" },
    ]);
    expect(view.doubts).toEqual([]);
  });
});

it("doubts a row whose day and closed loop contradict each other, once for all its days", () => {
  const { chapters } = inventedResults({ runs: 2 });
  const [row] = chapters;
  Object.assign(row?.closedLoop ?? {}, { answersPerSecond: 8_026 });

  expect(doubtsAbout(chapters)).toEqual([
    {
      part: "day",
      chapter: "01-synchronous",
      reason: expect.stringMatching(
        /^01 sync: the two loops contradict each other: the closed one counts 8026 answers a second over 10 connections/,
      ),
    },
  ]);
});

it("calls a machine saturated from 85 % in any run's busiest phase", () => {
  const shareOf = (...busiest: number[]) =>
    saturatedShareOf(
      busiest.map((busiestShare) => ({ processor: { busyShare: 0.5, busiestShare, ofOneCore: {} } })),
    );

  expect([shareOf(0.84), shareOf(0.85), shareOf(0.3, 0.97, 0.9)]).toEqual([undefined, 0.85, 0.97]);
  expect(saturatedShareOf([{}])).toBeUndefined();
});

it("knows what was repeated and why, even if the last attempt is reliable", () => {
  const results = inventedFullResults({ runs: 2, short: true });
  const [row] = results.chapters;
  const late = { reasons: ["the sender was late: the worst of 80 requests by 30 ms"] };
  Object.assign(row?.storm?.runs[1] ?? {}, { discarded: [late, late] });
  Object.assign(row?.sweep?.[0] ?? {}, { discarded: [late] });

  expect(viewOf(results)).toMatchObject({
    doubts: [],
    repeats: [
      { part: "storm", name: "01 sync, storm 2", discarded: [late, late] },
      { part: "sweep", name: "01 sync at 1 a second", discarded: [late] },
    ],
  });
});

it("counts and names what a ledger says was paid, in the requested order", () => {
  const { errors, lost, twice, setAside } = ledgerColumns;
  const [run] = inventedResults().chapters[0]?.day?.runs ?? [];
  const entries = {
    ...run!.ledger,
    rejected: 1,
    failed: 0,
    unanswered: 0,
    lost: 3,
    doubled: 0,
    deadLettered: 2,
  };

  expect(paidInWords(entries, [lost, errors, twice, setAside])).toEqual(["3 lost", "1 error", "2 set aside"]);
});
