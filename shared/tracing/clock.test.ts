import { expect, it } from "vitest";
import { createTraceClock } from "./clock.ts";

function clockOf({ waitsMs = 0 } = {}) {
  const at = { calendarMs: 10_000, elapsedMs: 0 };
  const nowMs = createTraceClock({
    calendarMs: () => {
      at.elapsedMs += waitsMs;
      at.calendarMs += waitsMs;
      return Math.floor(at.calendarMs);
    },
    elapsedMs: () => at.elapsedMs,
    originMs: 10_000,
  });
  const pass = (elapsedMs: number, calendarMs = elapsedMs) => {
    at.elapsedMs += elapsedMs;
    at.calendarMs += calendarMs;
  };
  return { nowMs, pass };
}

it("measures fractions of a millisecond, although the calendar's clock rounds", () => {
  const { nowMs, pass } = clockOf();
  expect(nowMs()).toBe(10_000);
  pass(1_500.25);
  expect(nowMs()).toBe(11_500.25);
});

it("follows a changed calendar clock, and a machine that slept, within a second", () => {
  const { nowMs, pass } = clockOf();
  nowMs();
  pass(100, 60_100);
  expect(nowMs()).toBe(10_100);
  pass(900);
  expect(nowMs()).toBe(71_000);
  pass(1_000, -9_000);
  expect(nowMs()).toBe(62_000);
});

it("ignores a difference that comes from a pause between reading the two clocks", () => {
  const { nowMs, pass } = clockOf({ waitsMs: 30 });
  pass(2_000);
  expect(nowMs()).toBe(12_000);
  expect(nowMs()).toBe(12_030);
});
