import { expect, it } from "vitest";
import { rowsInWords } from "./words.ts";

const order = ["01", "02", "03", "04", "05", "06", "07", "07+key"];

it.each([
  [[], ""],
  [["02"], "02"],
  [["02", "03"], "02 and 03"],
  [["03", "04", "05"], "03 to 05"],
  [["07+key", "03", "04", "05", "07", "01"], "01, 03 to 05, 07 and 07+key"],
  [order, "01 to 07+key"],
])("names %j as neighbours: %s", (ids, words) => {
  expect(rowsInWords(ids, order).replaceAll("\u00A0", " ")).toBe(words);
});

it("never spans from a chapter to a lab", () => {
  const withLabs = ["lab-retries", "05", "lab-relational", "07"];

  expect(rowsInWords(withLabs, withLabs)).toBe("lab-retries, 05, lab-relational and 07");
});
