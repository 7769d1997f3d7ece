import { once } from "node:events";
import { expect, it } from "vitest";
import { startCommand } from "#shared/testing/commands.ts";
import { commands } from "./commands.ts";

const takesOnlyValues = ({ takes }: { takes: string }) =>
  takes.split(" ").every((each) => /^(?:\[[a-z]+=\S+\])?$/.test(each));
// Run by programs that have words of their own.
const foreign = /^(?:test|lint|format)\b/;
const withoutWords = [
  ...commands.filter(takesOnlyValues).map(({ name }) => name),
  "bench:tracing",
  "conformance",
].filter((name) => !foreign.test(name));

it.each(withoutWords)("npm run %s refuses a word that it would not use", async (name) => {
  const { child, output } = startCommand(name, ["surplus"]);

  const [code] = (await once(child, "close")) as [number | null];

  expect(output().replaceAll(/\s+/g, " ")).toMatch(/^Expected .*, got `surplus`; write `npm run /);
  expect(code).toBe(2);
});
