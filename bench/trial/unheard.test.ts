import { expect, it } from "vitest";
import type { Kill } from "#shared/results.ts";
import { unheardAttempts } from "./unheard.ts";

const [first, second, third] = [
  "00-00-5E-10-00-00-00-00",
  "00-00-5E-10-00-00-00-01",
  "00-00-5E-10-00-00-00-02",
];
const kill = (change: Partial<Kill>): Kill => ({ atMs: 1, target: "function", openCalls: [], ...change });
const call = (macAddress: string, tookMs?: number) => ({
  macAddress,
  startedAtMs: 1_000,
  ...(tookMs !== undefined && { endedAtMs: 1_000 + tookMs }),
});
const none = { kills: [], vendor: { calls: [] }, timeouts: 0 };

it("counts what a killed environment was working on, whether its call was open or already answered", () => {
  // The vendor had answered for the second one, whose ticket was not written yet.
  const kills = [kill({ openCalls: [first], inHand: [first, second] })];

  expect(unheardAttempts({ ...none, kills })).toBe(2);
  expect(unheardAttempts({ ...none, kills: [kill({ openCalls: [first, third] })] })).toBe(2);
});

it("counts nothing for a killed API, which has no lock", () => {
  expect(unheardAttempts({ ...none, kills: [kill({ target: "api", openCalls: [first] })] })).toBe(0);
});

it("counts calls that outlasted their callers, and invocations that timed out", () => {
  const calls = [call(first, 500), call(second, 2_999), call(third)];

  expect(unheardAttempts({ ...none, vendor: { calls }, timeouts: 1 })).toBe(2 + 4);
});
