import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { projectFolder } from "#shared/run/chapters.ts";
import { commandGroups, commands } from "./commands.ts";
import { helpLines } from "./help.ts";

const packageJson = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(projectFolder, "package.json"), "utf8")));

describe("the list of commands", () => {
  it("has every command of package.json, once", () => {
    expect(commands.map(({ name }) => name).toSorted()).toEqual(Object.keys(packageJson.scripts).toSorted());
  });

  it("shows each in one line of at most 80 columns, by purpose", () => {
    const lines = helpLines([]);

    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.filter((line) => line.startsWith("To "))).toHaveLength(commandGroups.length);
    expect(lines.filter((line) => line.startsWith("  "))).toHaveLength(commands.length);
  });
});

describe("one command", () => {
  it("shows its words and examples, and fits a terminal", () => {
    const lines = commands.flatMap(({ name }) => helpLines([name]));

    expect(helpLines(["bench:storm"]).join("\n")).toMatch(
      /^npm run bench:storm \[chapters\] .*\n\n.*\n\nWords:\n[^]*\n {2}full +the long storm/,
    );
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it.each([
    ["bnech", "Did you mean `bench`?"],
    ["storm", "Did you mean `bench:storm`?"],
    ["chaptr", "Did you mean `chapter`?"],
    ["slids", "Did you mean `slides`?"],
  ])("that doesn't exist, %s, is answered with the nearest one", (word, sentence) => {
    expect(() => helpLines([word])).toThrow(sentence);
  });

  it("that resembles no other is answered with the way to the list", () => {
    expect(() => helpLines(["nonsense"])).toThrow(
      "Expected one command, got `nonsense`; `npm run help` lists all.",
    );
  });
});
