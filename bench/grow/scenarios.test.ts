import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UsageError } from "#shared/command.ts";
import { projectFolder } from "#shared/run/chapters.ts";
import { assume, assumptionLines, readWish } from "./assumptions.ts";
import { growthOf, outcomeOf, variants } from "./scenarios.ts";
import type { Variant } from "./scenarios.ts";
import { bendLines, header, notes, rowOf } from "./table.ts";

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
    expect([numbers(100, "template"), numbers(100, "no limit")]).toEqual([
      [4, 5, 20],
      [4, 1_250, 20],
    ]);
  });

  test("what bends, and that nothing does at 10 a second", () => {
    expect(variants.map((variant) => names(10, variant))).toEqual([[], [], []]);
    expect(variants.map((variant) => names(100, variant))).toEqual([
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
  const lines = [...header, ...outcomes.map(rowOf), ...bendLines(outcomes), ...notes(minute)];

  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(assumptionLines(minute).filter((line) => line.length > 80)).toEqual([]);
  expect(outcomes.map((outcome) => rowOf(outcome).slice(0, 18).trimEnd())).toEqual([
    "   4,000 all grows",
    "   4,000 template",
    "   4,000 no limit",
  ]);
});

test.each([
  [{ retention: 15 }, "Expected `retention=` from 1 to 14"],
  [{ p99: 100 }, "Expected `p99=` to be at least the median of 400, got 100"],
  [{ batch: 2.5 }, "Expected `batch=` to be a whole number, got 2.5"],
])("an assumption that can't be: %o", (said, sentence) => {
  expect(() => assume(said)).toThrow(UsageError);
  expect(() => assume(said)).toThrow(sentence);
});

describe("the command", () => {
  test("its usual rates, others, and what else it shows", () => {
    const rates = (...words: string[]) => {
      const wish = readWish(words, {});
      return wish.shows === "growth" ? wish.rates : wish.shows;
    };

    expect([rates(), rates("50"), rates("help"), rates("agreement")]).toEqual([
      [10, 100, 1_000, 10_000],
      [50],
      "help",
      "agreement",
    ]);
    expect(readWish(["50", "capacity=200"], {}).assumed.capacity).toBe(200);
  });

  test.each([
    [["0"], "from 1 to 99999"],
    [["ten"], "got `ten`"],
    [["99999", "seconds=3600"], "Expected at most 40 million customers, got 359.9964 million"],
    [["10", "batch=11"], "Expected `batch=` from 1 to 10 (messages, BatchSize), got 11"],
  ])("refuses %j", (words, sentence) => {
    expect(() => readWish(words, {})).toThrow(UsageError);
    expect(() => readWish(words, {})).toThrow(sentence);
  });
});

test("08's README shows what the command prints", () => {
  const readme = readFileSync(join(projectFolder, "chapters/08-aws/README.md"), "utf8");
  const usual = assume({});

  for (const [perSecond, variant] of [
    [10, "all grows"],
    [10, "no limit"],
    [100, "template"],
  ] as const) {
    expect(readme).toContain(rowOf(outcomeOf(perSecond, variant, usual)));
  }
});
