import { expect, it } from "vitest";
import type { ChapterResult, Results, Run } from "#shared/results.ts";
import { percentiles, quantiles } from "../figures/statistics.ts";
import { responseSamples, summedUp } from "../figures/run.ts";
import { viewOf } from "../figures/view.ts";
import { inventedResults } from "../testing/invented.ts";
import { boughtSentence, sameSentence } from "./sentences.ts";

const never = Infinity;

/** A run of 03 whose answers take this many times as long. */
function longer(run: Run, factor: number): Run {
  const customers = run.customers.map(({ startMs, answeredMs, ...customer }) => ({
    ...customer,
    startMs,
    answeredMs: answeredMs === null || factor === never ? null : startMs + (answeredMs - startMs) * factor,
  }));
  const samples = responseSamples(customers);
  return { ...run, response: quantiles(samples), customers, percentiles: percentiles(samples) };
}

/** By row: for each of its runs, how many times as long as 03 it takes for an answer. */
type Factors = Readonly<Record<string, number | readonly number[]>>;

function beside(factors: Factors, keep: (run: Run) => Run): Results {
  const runs = Math.max(...Object.values(factors).map((each) => [each].flat().length));
  const results = inventedResults({ runs });
  const chapters = results.chapters
    .filter(({ id }) => id === "03")
    .flatMap((row) =>
      Object.entries(factors).map(([id, each]): ChapterResult => {
        const factorOf = (at: number) => [each].flat()[at] ?? 1;
        const day = summedUp((row.day?.runs ?? []).map((run, at) => keep(longer(run, factorOf(at)))));
        return { ...row, id, chapter: id, label: id, ...(day && { day }) };
      }),
    );
  return { ...results, chapters };
}

function said(factors: Factors, keep = (run: Run) => run) {
  const { day } = viewOf(beside(factors, keep)).trials;
  if (day === undefined) {
    throw new Error("Expected a day");
  }
  return { bought: boughtSentence(day), same: sameSentence(day) };
}

/** The invented 03 answers in 7 ms. */
const own = (factor: number) => said({ "03": 1, mine: factor });

it("finds no difference if the intervals of the two medians overlap", () => {
  expect(own(1.02).bought).toMatch(/^mine and 03 answer with no difference that one run can show; /);
});

it("still sees what one run can show", () => {
  expect(own(4).bought).toMatch(/^mine answers 4 times later than 03; /);
  expect(own(0.25).bought).toMatch(/^mine answers 4 times sooner than 03; /);
});

it("does not call two rows the same that differ by more than noise", () => {
  expect(own(4).same).toMatch(
    /^not the same: 03 answered in [\d.]+ms \(p50\), mine in [\d.]+ms; one run proves no more/,
  );
  expect(own(1.02).same).toMatch(/^03 and mine answered in /);
});

it("tells no two rows apart that differ as two runs of one chapter do", () => {
  expect(own(1.4).bought).toContain("no difference that one run can show");
  expect(own(1.4).same).toMatch(/^03 and mine answered in 7ms to 10ms/);
});

it.each([1, 1.2, 1.4, 1.6, 1.8, 2, 4])(
  "finds a difference exactly where it doesn't call rows the same: %d",
  (factor) => {
    const { bought, same } = own(factor);

    expect(bought.includes("no difference")).toBe(!same.startsWith("not the same"));
  },
);

it("groups what one run can't tell apart, whichever row comes first", () => {
  const groups = /^not all the same: 03 answered in 13ms \(p50\), 05 and mine in 20ms to 21ms; one run/;

  expect(said({ "03": 13 / 7, "05": 20 / 7, mine: 21 / 7 }).same).toMatch(groups);
  expect(said({ "05": 20 / 7, "03": 13 / 7, mine: 21 / 7 }).same).toMatch(groups);
  expect(said({ "03": 20 / 7, "05": 82 / 7 }).same).toMatch(/^not the same: 03 answered in 20ms/);
});

it("names a row twice that resembles two others which don't resemble each other", () => {
  expect(said({ "03": 2, "05": 2.8, mine: 3.9 }).same).toMatch(
    /^not all the same: 03 and 05 answered in 14ms to 20ms \(p50\), 05 and mine in 20ms to 27ms; one run/,
  );
});

it("says that a row mostly never answered, and groups it with no other", () => {
  expect(said({ "03": 1, "05": 1.02, mine: never }).same).toMatch(
    /^not all the same: 03 and 05 answered in 7ms to 7.\dms \(p50\), mine mostly never; one run/,
  );
});

it("knows the intervals of a run that kept only percentiles", () => {
  // As in a storm: some very slow answers, and a median anywhere between 10 and 40 ms.
  const spread = (run: Run): Run => ({
    ...run,
    customers: [],
    percentiles: run.percentiles.map(({ percent, responseMs }) => ({
      percent,
      responseMs: responseMs === null ? null : responseMs * (percent < 50 ? 0.5 : percent > 50 ? 2 : 1),
    })),
  });

  expect(said({ "03": 1, mine: 2 }, spread).same).toMatch(/^03 and mine answered in 7ms to 14ms/);
  expect(said({ "03": 1, mine: 2 }, spread).bought).toContain("no difference that one run can show");
  expect(said({ "03": 1, mine: 6 }, spread).same).toMatch(/^not the same: 03 answered in 7ms/);
});

it("knows that a median of widely spread answers may be anywhere between them", () => {
  // Every second answer takes 25 times as long as its neighbours.
  const spread = (run: Run): Run => {
    const customers = run.customers.map(({ startMs, answeredMs, ...customer }, at) => ({
      ...customer,
      startMs,
      answeredMs: answeredMs === null ? null : startMs + (answeredMs - startMs) * (at % 2 === 0 ? 0.2 : 5),
    }));
    return { ...run, customers, response: quantiles(responseSamples(customers)) };
  };

  expect(said({ "03": 1, mine: 2 }, spread).same).toMatch(/^03 and mine answered in /);
  expect(said({ "03": 1, mine: 50 }, spread).same).toMatch(/^not the same: /);
});

it("finds no more difference in three runs than all of them share", () => {
  const varying = said({ "03": [1, 1, 1], mine: [0.8, 1.3, 1.9] });

  expect(varying.same).toBe("03 and mine answer equally fast (no difference).");
  expect(varying.bought).toMatch(/^mine answers about as fast as 03; /);
  expect(said({ "03": [1, 1, 1], mine: [1.3, 1.3, 1.31] }).bought).toMatch(/^mine answers 1.3 times later/);
});
