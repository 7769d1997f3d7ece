import { homedir } from "node:os";
import { describe, expect, it } from "vitest";
import { UsageError } from "#shared/command.ts";
import { readBenchCommand } from "./command.ts";
import { stepsOf } from "./plan/steps.ts";

const read = (...argv: string[]) => readBenchCommand(argv, {});
const kindsOf = (...argv: string[]) => [...new Set(stepsOf(read(...argv)).map(({ kind }) => kind))];

it("expands the home folder's `~`, which a shell leaves alone after an equals sign", () => {
  expect([read("day", "out=~/found").out, read("day", "out=a~/b").out]).toEqual([
    `${homedir()}/found`,
    "a~/b",
  ]);
});

describe("which benchmark is wanted", () => {
  it.each([
    [["day"], ["day", "closed loop"]],
    [["day", "no-closed-loop"], ["day"]],
    [["storm"], ["storm"]],
    [["full"], ["day", "closed loop", "storm", "sweep"]],
  ])("%j measures %j", (argv, kinds) => {
    expect(kindsOf(...argv)).toEqual(kinds);
  });

  it("is the short storm, or the full one on request", () => {
    expect(read("storm").plans.storm).toMatchObject({ customers: 129, runs: 1 });
    expect(read("storm", "full", "runs=3").plans.storm).toMatchObject({ customers: 306, runs: 3 });
  });

  it("runs five days and three full storms in eight rows, and sweeps 01, 03, 04 and 07", () => {
    const names = stepsOf(read("full")).map(({ name }) => name);

    expect(names.filter((name) => name.includes("day"))).toHaveLength(5 * 8);
    expect(names.filter((name) => name.includes("storm"))).toHaveLength(3 * 8);
    expect(names.filter((name) => name.includes("sweep"))).toEqual([
      "01 sync, sweep",
      "03 queue, sweep",
      "04 lambda, sweep",
      "07 lock, sweep",
    ]);
  });

  it("repeats doubtful trials only in a full benchmark", () => {
    expect([read("day"), read("storm"), read("full")].map(({ mostRepeats }) => mostRepeats)).toEqual([
      undefined,
      undefined,
      2,
    ]);
  });

  it("runs the same day and storm on an account and beside it, without what AWS can't be told to do", () => {
    const { rows, plans, account, withClosedLoop } = read(
      "day",
      "07",
      "08",
      "url=https://a.example",
      "real-aws",
    );

    expect(rows.map(({ label }) => label)).toEqual(["07 lock", "08 aws"]);
    expect(account).toEqual({ url: "https://a.example", realAws: true, yes: false });
    expect(withClosedLoop).toBe(false);
    for (const plan of [plans.day, plans.storm]) {
      expect(plan?.events.filter(({ does }) => does.startsWith("kill"))).toEqual([]);
      expect([plan?.poison, plan?.everyNthTwice]).toEqual([[], 0]);
    }
    expect(plans.storm?.customers).toBe(129);
  });

  it("measures 08 only when it is named, and labels it local where it is", () => {
    expect(read("day").rows.map(({ chapter }) => chapter)).not.toContain("08-aws");
    expect(read("day", "08").rows.map(({ label }) => label)).toEqual(["08 local"]);
    expect(() => read("day", "07", "url=https://a.example", "real-aws")).toThrow("Expected chapter 08");
  });

  it("remembers the command as typed, so that you can repeat the run", () => {
    expect(read("storm", "full", "3", "seed=7").typed).toBe("npm run bench:storm full 3 seed=7");
  });
});

describe("what can't be done", () => {
  it.each([
    [["day", "runs=0"], "Expected 1 to 50 runs, got 0"],
    [["storm", "seed=1.5"], "Expected a whole seed"],
    [["full", "seed=5000000000"], "Expected a whole seed up to 4000000000"],
    [["day", "00"], "Chapter 00 has no endpoint to measure"],
    [["full", "runs=3", "--runs=3"], "Expected one of --seed, --out"],
  ])("%j is refused in a sentence", (argv, words) => {
    expect(() => read(...argv)).toThrow(UsageError);
    expect(() => read(...argv)).toThrow(words);
  });
});
