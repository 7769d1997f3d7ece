import { expect, test } from "vitest";
import * as z from "zod";
import { deviceAt } from "#shared/devices.ts";

import { changeWeather, drawCall, usualWeather } from "./weather.ts";

const draws = (count: number, weather = usualWeather) =>
  Array.from({ length: count }, (_, index) => drawCall(weather, deviceAt(index).macAddress, 1));

test("10,000 calls have the median, the p99 and the mean that the weather sets", () => {
  const delaysMs = draws(10_000)
    .map(({ delayMs }) => delayMs)
    .toSorted((a, b) => a - b);

  expect(delaysMs[5_000]).toBeGreaterThan(400 * 0.97);
  expect(delaysMs[5_000]).toBeLessThan(400 * 1.03);
  expect(delaysMs[9_900]).toBeGreaterThan(1_200 * 0.97);
  expect(delaysMs[9_900]).toBeLessThan(1_200 * 1.03);
  const meanMs = delaysMs.reduce((sum, delayMs) => sum + delayMs, 0) / delaysMs.length;
  expect(meanMs).toBeGreaterThan(447 * 0.98);
  expect(meanMs).toBeLessThan(447 * 1.02);
});

test("as many calls fail as the failure rate says, and none at 0", () => {
  const failures = (failureRate: number) =>
    draws(10_000, { ...usualWeather, failureRate }).filter(({ fails }) => fails);

  expect(failures(0)).toHaveLength(0);
  expect(failures(0.1).length).toBeGreaterThan(900);
  expect(failures(0.1).length).toBeLessThan(1_100);
  expect(failures(1)).toHaveLength(10_000);
});

test("a device's n-th call is always the same; another call, device or seed gives another draw", () => {
  const { macAddress } = deviceAt(7);
  const first = drawCall(usualWeather, macAddress, 1);

  expect(drawCall(usualWeather, macAddress, 1)).toEqual(first);
  expect(drawCall(usualWeather, macAddress, 2)).not.toEqual(first);
  expect(drawCall(usualWeather, deviceAt(8).macAddress, 1)).not.toEqual(first);
  expect(drawCall({ ...usualWeather, seed: 2 }, macAddress, 1)).not.toEqual(first);
});

test("if the p99 equals the median, every call takes the same time", () => {
  const steady = { ...usualWeather, medianMs: 5, p99Ms: 5 };

  expect(new Set(draws(100, steady).map(({ delayMs }) => delayMs))).toEqual(new Set([5]));
});

test("a change of weather leaves the rest unchanged", () => {
  expect(changeWeather(usualWeather, { capacity: 3 })).toEqual({ ...usualWeather, capacity: 3 });
});

test.each([
  ["an unknown property", { rain: true }],
  ["a wrong type", { outage: "yes" }],
  ["a rate above 1", { failureRate: 1.5 }],
  ["a p99 below the median", { p99Ms: 100 }],
  ["no room at all", { capacity: 0 }],
  ["an unknown way to answer", { answer: "perhaps" }],
  ["a poison device that is none", { poison: ["00-00"] }],
  ["something that is no object", "sunny"],
  ["nothing", null],
])("%s is refused", (_what, change) => {
  expect(() => changeWeather(usualWeather, change)).toThrow(z.ZodError);
});
