import { describe, expect, test } from "vitest";
import { UsageError } from "#shared/command.ts";
import { darkTheme, lightTheme } from "#shared/picture/theme.ts";
import { keptHours } from "../figures/kept-results.ts";
import { renderSvg } from "../telling/charts/draw.ts";
import { pastThisLaptop } from "../telling/charts/past-this-laptop.ts";
import { assume, assumptionLines, readWish } from "./assumptions.ts";
import { hoursOf } from "./keep.ts";
import { growthOf, outcomeOf, variants } from "./scenarios.ts";
import type { Variant } from "./scenarios.ts";
import { intro, notes, rowOf, screenOf } from "./table.ts";

const minute = assume({ seconds: 60 });
const names = (perSecond: number, variant: Variant) =>
  outcomeOf(perSecond, variant, minute).over.map(({ what }) => what);

describe("what grows", () => {
  test("the template's numbers, and those that fit 10 times and 1,000 times the load", () => {
    const numbers = (perSecond: number, variant: Variant) => {
      const { batchSize, concurrencyMax, vendor } = growthOf(perSecond, variant, minute);
      return [batchSize, concurrencyMax, vendor.capacity];
    };

    expect([numbers(10, "all grows"), numbers(100, "all grows"), numbers(10_000, "all grows")]).toEqual([
      [4, 5, 20],
      [4, 50, 200],
      [10, 1_000, 20_000],
    ]);
    expect([numbers(10, "pollers"), numbers(10_000, "pollers")]).toEqual([
      [4, 20, 20],
      [10, 1_000, 20_000],
    ]);
    const atFirst = (perSecond: number) => growthOf(perSecond, "pollers", minute).concurrencyFirst;
    expect([atFirst(10), atFirst(100), atFirst(10_000)]).toEqual([20, 50, 200]);
    expect([numbers(100, "template"), numbers(100, "no limit")]).toEqual([
      [4, 5, 20],
      [4, 1_250, 20],
    ]);
  });

  test("what bends, and that nothing does at 10 a second", () => {
    expect(variants.map((variant) => names(10, variant))).toEqual([[], [], [], []]);
    expect(variants.map((variant) => names(100, variant))).toEqual([
      [],
      [],
      ["vendor", "MaximumConcurrency"],
      ["vendor"],
    ]);
    expect(outcomeOf(4_000, "template", assume({ seconds: 2 })).over.map(({ what }) => what)).toContain(
      "tickets table",
    );
  });

  test("a month costs what the list of `npm run cloud cost` says, less what batches save", () => {
    const { monthDollars, grown } = outcomeOf(
      10,
      "template",
      assume({ seconds: 600, hours: 1, batch: 1, concurrency: 20 }),
    );
    const perMillion = (monthDollars / grown.sent) * 1e6;

    // $16.53 without the vendor's simulator and a part of the logs.
    expect(perMillion).toBeGreaterThan(10);
    expect(perMillion).toBeLessThan(11.5);
  });
});

test("every line fits into 80 columns", () => {
  const outcomes = variants.map((variant) => outcomeOf(4_000, variant, assume({ seconds: 3 })));
  const lines = [...intro([10_000], assume({})), ...screenOf(outcomes), ...notes(minute)];

  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(assumptionLines(minute).filter((line) => line.length > 80)).toEqual([]);
  expect(outcomes.map((outcome) => rowOf(outcome).slice(0, 16).trimEnd())).toEqual([
    " 4,000 all grows",
    " 4,000 pollers",
    " 4,000 template",
    " 4,000 no limit",
  ]);
});

test.each([
  [{ retention: 15 }, "Expected `retention=` from 1 to 14"],
  [{ p99: 100 }, "Expected `p99=` to be at least the median of 400, got 100"],
  [{ batch: 2.5 }, "Expected `batch=` to be a whole number, got 2.5"],
])("refuses an assumption that can't be: %o", (said, sentence) => {
  expect(() => assume(said)).toThrow(UsageError);
  expect(() => assume(said)).toThrow(sentence);
});

describe("the command", () => {
  test("its usual rates, others, and what else it shows", () => {
    const rates = (...words: string[]) => {
      const wish = readWish(words, {});
      return wish.shows === "growth" ? wish.rates : wish.shows;
    };

    expect([rates(), rates("50"), rates("help"), rates("agreement"), rates("reference")]).toEqual([
      [10, 100, 1_000, 10_000],
      [50],
      "help",
      "agreement",
      "reference",
    ]);
    expect(readWish(["50", "capacity=200"], {}).assumed.capacity).toBe(200);
  });

  test.each([
    [["0"], "from 1 to 99999"],
    [["ten"], "got `ten`"],
    [["99999", "seconds=3600"], "Expected at most 40 million customers, got 359.9964 million"],
    [["10", "batch=11"], "Expected `batch=` from 1 to 10 (messages, BatchSize), got 11"],
    [["reference", "capacity=40"], "Expected `reference` alone"],
  ])("refuses %j", (words, sentence) => {
    expect(() => readWish(words, {})).toThrow(UsageError);
    expect(() => readWish(words, {})).toThrow(sentence);
  });
});

test("with all grown, quotas bend in their order, and provisioned mode costs its pollers", () => {
  const short = assume({ seconds: 3 });
  const [grown, pollers, raised] = [
    outcomeOf(6_000, "all grows", short),
    outcomeOf(6_000, "pollers", short),
    outcomeOf(6_000, "all grows", assume({ seconds: 3, api: 1e6, lambda: 1e6, table: 1e6 })),
  ];

  expect(grown.over.map(({ what }) => what)).toEqual(["tickets table", "devices table", "HTTP API"]);
  expect(grown.over.map(({ fromMs }) => fromMs)).toEqual([0, 0, 1_000]);
  expect(grown.grown.front.unavailable).toBeGreaterThan(2_000);
  expect(raised.over).toEqual([]);
  const hours = ((20 * 3) / 3_600) * 730;
  const free = outcomeOf(6_000, "pollers", assume({ seconds: 3, pollerprice: 0 }));
  const perHour = (pollers.monthDollars - free.monthDollars) / hours;
  expect(perHour).toBeGreaterThan(0.009);
});

describe("what is kept for the texts and the deck", () => {
  const short = assume({ seconds: 3 });
  const kept = hoursOf(
    [10, 200].flatMap((rate) => variants.map((variant) => outcomeOf(rate, variant, short))),
  );

  test("the fates of all customers' devices, which add up", () => {
    const sums = kept.hours.map(
      ({ works, worksLater, never, turnedAway }) => works + worksLater + never + turnedAway,
    );

    expect(sums.every((sum) => Math.abs(sum - 1) < 0.001)).toBe(true);
    expect(kept.hours[0]).toMatchObject({ perSecond: 10, variant: "all grows", never: 0, turnedAway: 0 });
    expect(kept.hours.at(-1)?.worksLater).toBeGreaterThan(0.3);
  });

  test("a picture says up to which rate nearly all work in time, and has words for each bar", () => {
    const { title, description, spots } = pastThisLaptop(kept);

    expect(title).toMatch(/^Nearly all devices work within 2 s: .* customers a second\.$/);
    expect(description).toContain("10 a second, 08 as it is: ");
    expect(spots).toHaveLength(8);
    for (const theme of [lightTheme, darkTheme]) {
      expect(renderSvg(pastThisLaptop(kept), theme)).toContain("turned away, nothing sent");
    }
  });
});

test("08's README shows what the command prints", () => {
  const kept = keptHours();
  const usual = assume({});

  for (const [perSecond, variant] of [
    [10, "all grows"],
    [10, "no limit"],
    [100, "template"],
  ] as const) {
    expect(kept?.screen).toEqual(expect.arrayContaining(screenOf([outcomeOf(perSecond, variant, usual)])));
  }
});
