import { describe, expect, it } from "vitest";
import { planSchema } from "#shared/results.ts";
import { arrivals } from "./schedule.ts";
import { fullStorm, shortStorm } from "./storm-timeline.ts";

describe.each([
  ["the full storm", fullStorm(1), 26_000],
  ["the short storm", shortStorm(1), 9_000],
])("%s", (_name, plan, arrivalsEndMs) => {
  it("is a plan whose numbers agree with each other", () => {
    const moments = arrivals(plan.phases, 1);

    expect(planSchema.parse(plan)).toEqual(plan);
    expect(moments).toHaveLength(plan.customers);
    expect(moments.at(-1)).toBeLessThan(arrivalsEndMs);
    expect(plan.events.map(({ atMs }) => atMs)).toEqual(
      plan.events.map(({ atMs }) => atMs).toSorted((left, right) => left - right),
    );
    expect(Math.max(...plan.events.map(({ atMs }) => atMs))).toBeLessThan(plan.horizonMs);
    expect(new Set(plan.poison).size).toBe(plan.poison.length);
    expect(plan.healed.every((device) => plan.poison.includes(device))).toBe(true);
  });
});

it("heals half of the poison before the redrive of the full storm", () => {
  const { poison, healed } = fullStorm(1);

  expect([poison.length, healed.length]).toEqual([21, 11]);
});

it("sends no poison in the short storm after 4.5 s: there would be no time to set it aside", () => {
  const { poison, phases } = shortStorm(1);

  expect(poison).toHaveLength(8);
  expect(arrivals(phases, 1)[340]).toBeGreaterThanOrEqual(4_500);
});
