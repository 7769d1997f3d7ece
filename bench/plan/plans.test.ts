import { describe, expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { planSchema } from "#shared/results.ts";
import type { Run } from "#shared/results.ts";
import { inventedStorm, traits } from "../testing/invented-runs.ts";
import type { Traits } from "../testing/invented-runs.ts";
import { arrivals } from "./arrivals.ts";
import { fullStorm, labPlans, shortStorm } from "./plans.ts";
import { livesThrough, rowsFor, trialParts } from "./rows.ts";

describe.each([
  ["the full storm", fullStorm(1), 26_000],
  ["the short storm", shortStorm(1), 9_000],
])("%s", (_name, plan, arrivalsEndMs) => {
  it("is a plan whose numbers fit together", () => {
    const moments = arrivals(plan.phases, 1);

    expect(planSchema.parse(plan)).toEqual(plan);
    expect(moments).toHaveLength(plan.customers);
    expect(moments.at(-1)).toBeLessThan(arrivalsEndMs);
    expect(plan.events.map(({ atMs }) => atMs)).toEqual(
      plan.events.map(({ atMs }) => atMs).toSorted((left, right) => left - right),
    );
    expect(Math.max(...plan.events.map(({ atMs }) => atMs))).toBeLessThan(plan.horizonMs);
    expect(new Set(plan.poison).size).toBe(plan.poison.length);
    // A device that can't be provisioned is requested once: nothing that comes twice is poison.
    const twice = new Set(Array.from({ length: 60 }, (_, at) => deviceAt(10 * at + 9).macAddress));
    expect(plan.poison.filter((device) => twice.has(device))).toEqual([]);
    expect(plan.healed.every((device) => plan.poison.includes(device))).toBe(true);
  });
});

it("heals half of the poison before the redrive of the full storm", () => {
  const { poison, healed } = fullStorm(1);

  expect([poison.length, healed.length]).toEqual([6, 3]);
});

it("ends the full storm's outage when a device has failed twice: a kill and a held lease may take two more tries", () => {
  const { events } = fullStorm(1);
  const atMs = (does: string) => events.find((event) => event.does === does)?.atMs ?? NaN;
  const waitsOfFirstTwoTriesMs = 1_000 + 1_000;

  expect(atMs("outage-ends") - atMs("outage-begins")).toBeLessThanOrEqual(waitsOfFirstTwoTriesMs);
});

it("sends no poison in the short storm after 4.5 s: there would be no time to set it aside", () => {
  const { poison, phases } = shortStorm(1);

  expect(poison).toHaveLength(3);
  expect(arrivals(phases, 1)[102]).toBeGreaterThanOrEqual(4_500);
});

const chapters = (...names: string[]) =>
  names.map((name) => ({ number: /^\d\d/.exec(name)?.[0] ?? name, name, folder: `/chapters/${name}` }));
/** "05: day storm outage" */
const plansOf = (...names: string[]) =>
  rowsFor(chapters(...names)).map(
    (row) => `${row.label}: ${trialParts.filter((part) => livesThrough(row, part)).join(" ")}`,
  );

describe("a lab's plan", () => {
  it("is run by the lab and by the chapter that it is measured beside", () => {
    expect(plansOf("01-synchronous", "05-dead-letter-queue", "lab-retries")).toEqual([
      "01 sync: day storm",
      "05 dlq: day storm outage",
      "lab retry: day storm outage",
    ]);
  });

  it("is the only plan of the lab's variants", () => {
    expect(plansOf("07-lock", "lab-relational")).toEqual([
      "07 lock: day storm rush",
      "lab sql: day storm rush",
      "sql each: rush",
      "sql wide: rush",
    ]);
  });

  it("is run by a second chapter too if the question is about two", () => {
    expect(plansOf("05-dead-letter-queue", "07-lock", "lab-fifo")).toEqual([
      "05 dlq: day storm kills",
      "07 lock: day storm kills",
      "lab fifo: day storm kills",
      "one group: kills",
    ]);
  });

  it("is run by no row without the lab", () => {
    const rows = rowsFor(chapters("05-dead-letter-queue", "07-lock"));

    const ofLabs = trialParts.filter((part) => part !== "day" && part !== "storm");
    expect(rows.some((row) => ofLabs.some((part) => livesThrough(row, part)))).toBe(false);
    expect(labPlans(rows, 1)).toEqual({});
  });

  it("has kills while customers come, and time for what was killed to come back twice", () => {
    const { kills } = labPlans(rowsFor(chapters("lab-fifo")), 1);
    const moments = (kills?.events ?? []).map(({ atMs }) => atMs);
    const visibilityMs = 6_000;

    expect(Math.max(...moments)).toBeLessThan(8_000);
    expect(kills?.horizonMs).toBeGreaterThan(Math.max(...moments) + 2 * visibilityMs);
  });

  it("has an outage that is longer than Lambda's retries and shorter than those of 05", () => {
    const { outage } = labPlans(rowsFor(chapters("lab-retries")), 1);
    const [begins = 0, ends = 0] = (outage?.events ?? []).map(({ atMs }) => atMs);
    const [lambdaRetriesMs, ownRetriesMs] = [1_000 + 2_000, 1_000 + 1_000 + 2_000 + 2_000];

    expect(ends - begins).toBeGreaterThan(lambdaRetriesMs);
    expect(ends - begins).toBeLessThan(ownRetriesMs);
  });
});

describe("the full storm, simulated over 20 seeds", () => {
  const plan = fullStorm(1);
  const seeds = Array.from({ length: 20 }, (_, at) => at + 1);
  const known = new Map<string, Run[]>();
  const stormsOf = (id: string) => {
    const storms =
      known.get(id) ??
      seeds.map((seed) => inventedStorm(traits.find((each) => each.id === id) as Traits, plan, seed));
    known.set(id, storms);
    return storms;
  };
  const mostWaiting = (run: Run, fromMs: number, toMs: number) =>
    Math.max(
      ...run.samples.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).map(({ visible }) => visible),
    );

  it("is a rush that a function with the vendor's limit can't keep up with, but finishes before the redrive", () => {
    const storms = ["04", "05", "06", "07", "07+key"].flatMap(stormsOf);

    expect(Math.min(...storms.map((run) => mostWaiting(run, 6_000, 11_500)))).toBeGreaterThan(20);
    expect(Math.max(...storms.map((run) => mostWaiting(run, 34_000, 36_000)))).toBe(0);
  });

  it("leaves a single worker far behind, and overruns the vendor if nothing waits in between", () => {
    expect(Math.min(...stormsOf("03").map(({ ledger }) => ledger.waiting))).toBeGreaterThan(
      plan.customers / 2,
    );
    expect(Math.min(...stormsOf("02").map(({ ledger }) => ledger.gaveUp))).toBeGreaterThan(20);
    expect(Math.min(...stormsOf("01").map(({ ledger }) => ledger.failed))).toBeGreaterThan(20);
  });

  it("kills work in progress: 02 and 06 lose some, 05 and 07 do some twice", () => {
    const least = (id: string, entry: "lost" | "doubled") =>
      Math.min(...stormsOf(id).map(({ ledger }) => ledger[entry]));

    expect([least("02", "lost"), least("06", "lost")].every((count) => count > 0)).toBe(true);
    expect([least("05", "doubled"), least("07", "doubled")].every((count) => count > 0)).toBe(true);
    expect(
      Math.max(...["03", "04", "05", "07", "07+key"].flatMap(stormsOf).map(({ ledger }) => ledger.lost)),
    ).toBe(0);
  });
});
