import { expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import type { CustomerDay } from "#shared/results.ts";
import { secondsFrom } from "./seconds.ts";

const customer = (at: number, change: Partial<CustomerDay>): CustomerDay => ({
  ...deviceAt(at),
  startMs: 0,
  answeredMs: null,
  activeMs: null,
  outcome: "accepted",
  fate: "activated",
  provisionedCount: 1,
  poison: false,
  ...change,
});

it("tells second by second who came, how they were answered, and what was done", () => {
  const customers = [
    customer(0, { startMs: 100, answeredMs: 110, activeMs: 900 }),
    customer(1, { startMs: 200, answeredMs: 250, activeMs: 2_100 }),
    // An error that comes fast is no answer.
    customer(2, { startMs: 999, answeredMs: 1_000, outcome: "failed", fate: "refused" }),
    customer(3, { startMs: 1_000, outcome: "unanswered", fate: "refused" }),
  ];

  expect(secondsFrom(customers, [150, 950, 1_999, 2_000], 2_500)).toEqual([
    {
      atSecond: 0,
      arrivals: 3,
      errors: 1,
      responseP50Ms: 50,
      responseMaxMs: null,
      activated: 1,
      vendorCalls: 2,
    },
    {
      atSecond: 1,
      arrivals: 1,
      errors: 1,
      responseP50Ms: null,
      responseMaxMs: null,
      activated: 0,
      vendorCalls: 1,
    },
    {
      atSecond: 2,
      arrivals: 0,
      errors: 0,
      responseP50Ms: null,
      responseMaxMs: null,
      activated: 1,
      vendorCalls: 1,
    },
  ]);
});
