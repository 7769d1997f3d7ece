import { describe, expect, it } from "vitest";
import { labPlans, livesThrough } from "./labs.ts";
import { rowsFor } from "./plan.ts";
import { trialParts } from "./trial-parts.ts";

const chapters = (...names: string[]) =>
  names.map((name) => ({ number: /^\d\d/.exec(name)?.[0] ?? name, name, folder: `/chapters/${name}` }));
/** "05: day storm outage" */
const plansOf = (...names: string[]) =>
  rowsFor(chapters(...names)).map(
    (row) => `${row.label}: ${trialParts.filter((part) => livesThrough(row, part)).join(" ")}`,
  );

describe("a lab's plan", () => {
  it("is lived through by the lab and by the chapter that it is measured beside", () => {
    expect(plansOf("01-synchronous", "05-dead-letter-queue", "lab-retries")).toEqual([
      "01 sync: day storm",
      "05 dlq: day storm outage",
      "lab retry: day storm outage",
    ]);
  });

  it("is all that a lab's variants live through", () => {
    expect(plansOf("07-lock", "lab-relational")).toEqual([
      "07 lock: day storm rush",
      "lab sql: day storm rush",
      "sql each: rush",
      "sql wide: rush",
    ]);
  });

  it("is nobody's without the lab", () => {
    const rows = rowsFor(chapters("05-dead-letter-queue", "07-lock"));

    expect(rows.some((row) => livesThrough(row, "outage") || livesThrough(row, "rush"))).toBe(false);
    expect(labPlans(rows, 1)).toEqual({});
  });

  it("has an outage that is longer than Lambda's retries and shorter than those of 05", () => {
    const { outage } = labPlans(rowsFor(chapters("lab-retries")), 1);
    const [begins = 0, ends = 0] = (outage?.events ?? []).map(({ atMs }) => atMs);
    const [lambdaRetriesMs, ownRetriesMs] = [1_000 + 2_000, 1_000 + 1_000 + 2_000 + 2_000];

    expect(ends - begins).toBeGreaterThan(lambdaRetriesMs);
    expect(ends - begins).toBeLessThan(ownRetriesMs);
  });
});
