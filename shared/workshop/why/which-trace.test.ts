import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { findChapter } from "#shared/run/chapters.ts";
import { activationOf, inventedTrace } from "#shared/testing/invented-trace.ts";
import { scratchFolder } from "#shared/testing/scratch.ts";
import { traceFile } from "#shared/tracing/read.ts";
import { packTrace } from "#shared/tracing/text.ts";
import { tracesFor } from "./which-trace.ts";
import type { Wish } from "./which-trace.ts";

/** A project with a trace in each of these places: "bench/results/2026-01-01T00-00-00 07 day 1". */
async function projectWith(...traces: string[]): Promise<string> {
  const root = scratchFolder();
  for (const [at, place] of traces.entries()) {
    const [folder = "", row = "", part = "", seed = ""] = place.split(" ");
    const file = join(root, folder, traceFile({ row, part, seed: Number(seed) }));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, await packTrace(inventedTrace([activationOf(at + 1).asked(0)], { row })));
  }
  return root;
}

/** The first customers of the traces found, which identify them. */
async function found(wish: Partial<Wish>): Promise<string[]> {
  const customers: string[] = [];
  const whole = { chapter: findChapter("07"), row: "07", part: "day", ofReference: false, ...wish };
  for await (const { trace } of tracesFor(whole)) {
    const [first] = trace.events;
    customers.push(first?.kind === "asked" ? first.customerId : "");
  }
  return customers;
}

it("takes the newest results that have the row, and all their traces of the part in order", async () => {
  const root = await projectWith(
    "bench/results/2026-01-01T00-00-00 07 day 1",
    "bench/results/2026-01-02T00-00-00 07 day 2",
    "bench/results/2026-01-02T00-00-00 07 storm 1",
    "bench/results/2026-01-02T00-00-00 07+key day 1",
    "bench/results/2026-01-02T00-00-00 07 day 1",
    "bench/results/2026-01-03T00-00-00 05 day 1",
  );

  expect(await found({ root })).toEqual(["c-5", "c-2"]);
  expect(await found({ root, part: "storm" })).toEqual(["c-3"]);
  expect(await found({ root, row: "07+key" })).toEqual(["c-4"]);
});

it("takes the reference's on request, the day before the storm, and the labs' own", async () => {
  const root = await projectWith(
    "bench/results/2026-01-01T00-00-00 07 day 1",
    "bench/reference 07 storm 1",
    "bench/reference 07 day 1",
    "bench/reference/labs lab-retries day 1",
  );

  expect(await found({ root, part: undefined, ofReference: true })).toEqual(["c-3", "c-2"]);
  expect(await found({ root, row: "lab-retries", ofReference: true })).toEqual(["c-4"]);
});

it.each([
  [
    { part: "storm" },
    "Expected a trace of 07 in the storm in bench/results, or chapter 07 to run, found neither",
  ],
  [{ ofReference: true }, "Expected a trace of 07 in the day in bench/reference, found none"],
  [{ chapter: findChapter("lab-relational"), row: "lab-relational" }, "lab-relational has no trace"],
])("says what to do if there is none: %j", async (wish, sentence) => {
  await expect(found({ root: await projectWith(), ...wish })).rejects.toThrow(sentence);
});
