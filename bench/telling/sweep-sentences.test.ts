import { expect, it } from "vitest";
import { inventedFullResults } from "../testing/invented-full.ts";
import { bendOf, bendSentence, sweptRowsOf, vendorPerSecond } from "./sweep-sentences.ts";

const results = inventedFullResults({ runs: 1 });
const swept = sweptRowsOf(results);

const only = (id: string, change: (perSecond: number) => boolean) => ({
  ...results,
  chapters: results.chapters
    .filter((row) => row.id === id)
    .map((row) => ({
      ...row,
      sweep: (row.sweep ?? []).map((point) => ({ ...point, steady: change(point.perSecond) })),
    })),
});

it("finds where a chapter bends, and whether it fails or only waits", () => {
  expect(swept.map(bendOf)).toEqual([
    { id: "01", steadyUpTo: 40, overFrom: 60, fails: true },
    { id: "03", steadyUpTo: 2, overFrom: 5, fails: false },
    { id: "04", steadyUpTo: 40, overFrom: 60, fails: false },
    { id: "07", steadyUpTo: 40, overFrom: 60, fails: false },
  ]);
});

it("says what a row can take at most, all of it, or not even the least", () => {
  expect(bendSentence(only("04", () => true))).toBe("04 can take all 120 a second.");
  expect(bendSentence(only("04", () => false))).toBe("04 can't take 1 a second.");
  expect(bendSentence(only("04", (rate) => rate < 10))).toBe("04 can take 5 a second.");
});

it("does not trust a steady rate above one that was not", () => {
  expect(bendSentence(only("07", (rate) => rate !== 20))).toBe("07 can take 10 a second.");
});

it("knows that the usual vendor can do some 44 calls a second", () => {
  expect(vendorPerSecond({ capacity: 20, medianMs: 400, p99Ms: 1_200 })).toBeCloseTo(44.7, 1);
});
