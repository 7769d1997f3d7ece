import { expect, it } from "vitest";
import type { Results, Run } from "#shared/results.ts";
import { summedUp } from "../figures/run.ts";
import { viewOf } from "../figures/view.ts";
import { inventedResults } from "../testing/invented.ts";
import { boughtSentence, sameSentence } from "./sentences.ts";

/** One run of 03, and one of a version that takes so many times as long for each answer. */
function beside(factor: number): Results {
  const results = inventedResults();
  const longer = (run: Run): Run => ({
    ...run,
    response: { ...run.response, p50Ms: (run.response.p50Ms ?? 0) * factor },
    customers: run.customers.map((customer) => ({
      ...customer,
      answeredMs:
        customer.answeredMs === null
          ? null
          : customer.startMs + (customer.answeredMs - customer.startMs) * factor,
    })),
  });
  const chapters = results.chapters
    .filter(({ id }) => id === "03")
    .flatMap((row) => {
      const day = summedUp((row.day?.runs ?? []).map(longer));
      return [row, { ...row, id: "mine", chapter: "mine", label: "mine", ...(day && { day }) }];
    });
  return { ...results, chapters };
}

function said(factor: number) {
  const { day } = viewOf(beside(factor)).trials;
  if (day === undefined) {
    throw new Error("Expected a day");
  }
  return { bought: boughtSentence(day), same: sameSentence(day) };
}

it("buys nothing where the intervals of the two medians overlap", () => {
  expect(said(1.02).bought).toMatch(/^mine and 03 answer with no difference that one run can show; /);
});

it("still sees what one run can show", () => {
  expect(said(4).bought).toMatch(/^mine answers 4 times later than 03; /);
  expect(said(0.25).bought).toMatch(/^mine answers 4 times sooner than 03; /);
});

it("does not call two rows the same that differ by more than noise", () => {
  expect(said(4).same).toMatch(
    /^not the same: 03 answered in [\d.]+ms \(p50\), mine in [\d.]+ms; one run proves no more/,
  );
  expect(said(1.02).same).toMatch(/^03 and mine answered in /);
});
