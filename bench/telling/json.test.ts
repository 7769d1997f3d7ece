import { expect, it } from "vitest";
import { parseResults } from "#shared/results.ts";
import { resultsJson } from "./json.ts";
import { inventedResults } from "../testing/invented.ts";

it("writes what is read again, whatever the words in it are", () => {
  const results = inventedResults();
  results.notes = ['{ "a": [\n  1,\n  2\n] }', "\\", ""];
  results.overrides = {};

  expect(parseResults(resultsJson(results), "a.json")).toEqual(JSON.parse(JSON.stringify(results)));
});

it("gives a line to each customer", () => {
  const results = inventedResults();
  const customers = results.chapters.flatMap(({ day }) => day?.runs ?? []).flatMap((run) => run.customers);
  const lines = resultsJson(results).split("\n");

  expect(
    lines.filter((line) => /^ +\{ "customerId": .*"poison": (true|false) \},?$/.test(line)),
  ).toHaveLength(customers.length);
});
