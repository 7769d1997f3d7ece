import { expect, it } from "vitest";
import { inventedFullResults } from "../../testing/invented-full.ts";
import { measuredRows } from "../../figures/medians.ts";
import { figureOf, partOf } from "./figures.ts";

const results = inventedFullResults();
const [day] = measuredRows(results, "day").filter(({ id }) => id === "02");
const [storm] = measuredRows(results, "storm").filter(({ id }) => id === "02");

it("finds times, counts and ratios under the names of their columns", () => {
  const text = (name: string) => figureOf(results, name)?.text;

  expect(figureOf(results, "02 answered p50")?.value).toBe(day?.median.response.p50Ms);
  expect(text("02 answered p50")).toMatch(/^\d+(\.\d)? ms$/);
  expect(figureOf(results, "02 storm works max")?.value).toBe(storm?.median.activation.maxMs ?? Infinity);
  expect(figureOf(results, "02 lost")?.value).toBe(day?.ledger.lost);
  expect(figureOf(results, "02 storm twice")?.value).toBe(storm?.ledger.doubled);
  expect(text("02 sooner")).toMatch(/^\d+ times$/);
  expect(text("01 works as late as 01")).toBe("1.00 times");
});

it("finds what was done, and where a chapter bends", () => {
  expect(figureOf(results, "day customers")?.value).toBe(results.plans.day?.customers);
  expect(figureOf(results, "storm kills")?.value).toBeGreaterThan(0);
  expect(figureOf(results, "vendor median")?.text).toBe("400 ms");
  expect(figureOf(results, "03 over from")?.value).toBeGreaterThan(0);
});

it("says what never finished in words, and compares it as longer than anything", () => {
  const never = measuredRows(results).find(({ median }) => median.activation.p50Ms === null);

  expect(figureOf(results, `${never?.id} works p50`)).toMatchObject({
    text: expect.stringMatching(/^(> \d+ s|never)$/),
    value: Infinity,
  });
});

it("knows to which part a name belongs, and has nothing where that was not measured", () => {
  expect(["02 lost", "02 storm lost", "03 steady up to"].map(partOf)).toEqual(["day", "storm", "sweep"]);
  expect(figureOf(results, "99 lost")).toBeUndefined();
  expect(figureOf({ ...results, chapters: [] }, "03 steady up to")).toBeUndefined();
  expect(figureOf({ ...results, plans: {} }, "day customers")).toBeUndefined();
});

it.each(["02 answred p50", "2 lost", "02 lost ", "storm", "__proto__"])("refuses the name `%s`", (name) => {
  expect(() => figureOf(results, name)).toThrow(`got \`${name}\``);
});
