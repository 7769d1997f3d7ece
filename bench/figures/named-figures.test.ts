import { expect, it } from "vitest";
import { inventedFullResults } from "../testing/invented.ts";
import { figureOf, partOf } from "./named-figures.ts";
import { viewOf } from "./view.ts";

const results = inventedFullResults();
const view = viewOf(results);
const [day, storm] = [view.trials.day, view.trials.storm].map((trial) =>
  trial?.rows.find(({ id }) => id === "02"),
);

it("finds times, counts and ratios by the names of their columns", () => {
  const text = (name: string) => figureOf(view, name)?.text;

  expect(figureOf(view, "02 answered p50")?.value).toBe(day?.median.response.p50Ms);
  expect(text("02 answered p50")).toMatch(/^\d+(\.\d)? ms$/);
  expect(figureOf(view, "02 storm works max")?.value).toBe(storm?.median.activation.maxMs ?? Infinity);
  expect(figureOf(view, "02 lost")?.value).toBe(day?.ledger.lost);
  expect(figureOf(view, "02 storm twice")?.value).toBe(storm?.ledger.doubled);
  expect(text("02 sooner")).toMatch(/^\d+ times$/);
  expect(text("01 works as late as 01")).toBe("1.00 times");
});

it("finds labs' counts, and where a chapter bends", () => {
  expect(figureOf(view, "day customers")?.value).toBe(results.plans.day?.customers);
  expect(figureOf(view, "storm kills")?.value).toBeGreaterThan(0);
  expect(figureOf(view, "vendor median")?.text).toBe("400 ms");
  expect(figureOf(view, "03 over from")?.value).toBeGreaterThan(0);
});

it("says in words what never finished, and compares it as longer than anything", () => {
  const never = view.trials.day?.rows.find(({ median }) => median.activation.p50Ms === null);

  expect(figureOf(view, `${never?.id} works p50`)).toMatchObject({
    text: expect.stringMatching(/^(> \d+ s|never)$/),
    value: Infinity,
  });
});

it("knows the part of a name, and returns nothing if it was not measured", () => {
  expect(["02 lost", "02 storm lost", "03 steady up to"].map(partOf)).toEqual(["day", "storm", "sweep"]);
  expect(figureOf(view, "99 lost")).toBeUndefined();
  expect(figureOf(viewOf({ ...results, chapters: [] }), "03 steady up to")).toBeUndefined();
  expect(figureOf(viewOf({ ...results, plans: {} }), "day customers")).toBeUndefined();
});

it.each(["02 answred p50", "2 lost", "02 lost ", "storm", "__proto__"])("refuses the name `%s`", (name) => {
  expect(() => figureOf(view, name)).toThrow(`got \`${name}\``);
});
