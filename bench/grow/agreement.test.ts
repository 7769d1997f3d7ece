import { describe, expect, test } from "vitest";
import { referenceResults } from "../figures/kept-results.ts";
import { agreementWith } from "./agreement.ts";
import { fittedTo } from "./fitted.ts";
import { simulatePlan } from "./exact/trial.ts";

const reference = referenceResults();
if (reference === undefined) {
  throw new Error("Expected bench/reference/results.json, found none; `npm run bench:full` measures one.");
}
const { chapters, plans } = reference;
const found = agreementWith(reference);

describe("against the committed reference, in the runs that it was not fitted to", () => {
  test.each(found)("$id is simulated within the allowed error", ({ misses }) => {
    expect(misses).toEqual([]);
  });

  test("every chapter is compared: days, storms, and each rate of those that were swept", () => {
    const compared = found.map(({ id, storms, sweep }) => [id, storms.lost.length, sweep?.rates]);

    expect(compared).toEqual(chapters.map(({ id, storm, sweep }) => [id, storm?.runs.length, sweep?.length]));
  });
});

test("the same seed gives the same run, and another seed another one", () => {
  const [chapter] = chapters.filter(({ id }) => id === "07");
  const inputs = chapter && fittedTo(chapter);
  if (chapter === undefined || inputs === undefined || plans.day === undefined) {
    throw new Error("Expected 07's short day in the reference");
  }
  const { day } = plans;
  const simulate = (seed: number) => simulatePlan({ ...chapter, inputs }, day, seed);

  const [first, again, other] = [simulate(1), simulate(1), simulate(2)];

  expect(again).toEqual(first);
  expect(other.activation).not.toEqual(first.activation);
});
