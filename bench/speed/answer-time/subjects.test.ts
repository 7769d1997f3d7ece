import { expect, it } from "vitest";
import { sdkLine, shareLine, speedLines } from "./subjects.ts";

it("has a line for each, with the median of the rounds and their range", () => {
  const medians = new Map([
    ["a bare node:http server", [1.6, 1.4, 3.02]],
    ["07", [21]],
  ]);

  expect(speedLines(medians)).toEqual([
    "a bare node:http server                      1.6 ms    1.4 to   3.0",
    "07                                          21.0 ms   21.0 to  21.0",
  ]);
});

it("compares 07 with its app round by round, so that a slow minute affects both", () => {
  const app = [10, 20, 30];

  expect(shareLine([11, 22, 36], app)).toBe(
    "07 takes 1.10 times as long as the app with its three calls (1.10 to 1.20 in 3 rounds); at most 1.15: reached",
  );
  expect(shareLine([12, 24, 33], app)).toContain("07 takes 1.20 times as long");
  expect(shareLine([12, 24, 36], app)).toMatch(/: MISSED$/);
});

it("shows what the SDK adds, round by round", () => {
  expect(sdkLine([4, 5, 9], [2, 2.5, 8])).toBe("The SDK adds 2.0 ms to SendMessage (1.0 to 2.5 in 3 rounds)");
});
