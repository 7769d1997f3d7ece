import { expect, it } from "vitest";
import type { Results } from "#shared/results.ts";
import { sameDays } from "./beside-own.ts";
import { rowsFor } from "../plan/rows.ts";
import { tableLines } from "./table.ts";
import { viewOf } from "../figures/view.ts";
import { inventedResults } from "../testing/invented.ts";

const mine = { number: "mine", name: "mine", folder: "/mine", begunAs: "03" };

/** A participant's 03 beside the chapter. */
function withOwn({ runs = 1, seed = 1 } = {}): Results {
  const results = inventedResults({ runs, seed });
  const chapters = results.chapters
    .filter(({ id }) => id === "02" || id === "03")
    .map((row) => (row.id === "02" ? row : { ...row, id: "mine", chapter: "mine", label: "mine" }));
  return { ...results, chapters };
}

it("shows the reference's row of the chapter on the very same days", () => {
  const reference = inventedResults({ runs: 5 });

  const rows = sameDays(withOwn(), reference, "03");

  expect(rows.map(({ label, runs }) => ({ label, seeds: runs.map(({ seed }) => seed) }))).toEqual([
    { label: "reference", seeds: [1] },
  ]);
});

it.each([
  ["other customers", { mine: withOwn({ seed: 9 }), chapter: "03" }],
  ["more days than the reference has", { mine: withOwn({ runs: 3 }), chapter: "03" }],
  ["a chapter that it hasn't measured", { mine: withOwn(), chapter: "04" }],
])("shows none beside %s", (_name, { mine: measured, chapter }) => {
  expect(sameDays(measured, inventedResults(), chapter)).toEqual([]);
});

it("shows none of another plan", () => {
  const measured = withOwn();
  measured.plans = { day: { ...inventedResults().plans.day!, horizonMs: 9_000 } };

  expect(sameDays(measured, inventedResults(), "03")).toEqual([]);
});

it("says in 80 columns how your own version did, beside the reference and the guess", () => {
  const results = withOwn();
  const rows = sameDays(results, inventedResults(), "03");
  const text = "of 03, before you ran it: b) in about 10 seconds, since the queue grows all the while";

  const lines = tableLines(viewOf(results), "report.html", { rows, sentences: [{ word: "GUESS", text }] });

  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(lines).toContain("reference   7ms  12ms   >8s  >12s     0    0       0     1      45     0");
  expect(lines.at(-3)).toBe(
    "GUESS   of 03, before you ran it: b) in about 10 seconds, since the queue grows",
  );
  expect(lines.join(" ")).toContain("02 and mine answered in 7ms to 7.8ms (p50)");
  expect(lines.join(" ").replaceAll(/\s+/g, " ")).toContain("try `npm run bench 02 mine runs=3`");
});

it("measures 07 once beside your own version, in the same weather", () => {
  const lock = { number: "07", name: "07-lock", folder: "/07" };

  expect(rowsFor([lock, mine]).map(({ id, weather }) => [id, weather])).toEqual([
    ["07", { honoursIdempotencyKey: false }],
    ["mine", { honoursIdempotencyKey: false }],
  ]);
});
