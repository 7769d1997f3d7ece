import { expect, it } from "vitest";
import type { Results } from "#shared/results.ts";
import { summedUp } from "../figures/run.ts";
import { tableLines } from "./table.ts";
import { viewOf } from "../figures/view.ts";
import { inventedResults } from "../testing/invented.ts";

const report = "bench/results/2026-11-23T10-15-00/report.html";

/** With the rows' medians computed again after a change. */
function changed(results: Results, change: (results: Results) => void): Results {
  const copy = structuredClone(results);
  change(copy);
  const chapters = copy.chapters.map((row) => ({ ...row, day: summedUp(row.day?.runs ?? []) }));
  return { ...copy, chapters };
}

it("says in 80 columns what was bought and what was paid", () => {
  expect(tableLines(viewOf(inventedResults()), report)).toMatchInlineSnapshot(`
    [
      "80 customers, the same trouble: a kill at 4 s, 2 poison devices, 8 sent twice",
      "(embedded AWS on this machine, not AWS latencies; sender late 0.4ms at most)",
      "",
      "          ANSWERED    DEVICE WORKS               of 80",
      "           p50   max   p50   max error lost gave-up twice waiting aside",
      "01 sync   479ms never 463ms  1.3s     5    0       0     0       0     0",
      "02 ticket 7.8ms never 395ms never     2    3       2     0       0     0",
      "03 queue    7ms  12ms   >8s  >12s     0    0       0     1      45     0",
      "07 lock   7.6ms  12ms 462ms never     0    0       0     1       0     2",
      "07 + key  7.9ms  12ms 449ms never     0    0       0     0       0     2",
      "",
      "BOUGHT  02 answers 62 times sooner than 01; the device works no sooner.",
      "PAID    02 lost 3; 03 did 1 twice and 07 1; 03 left 45 waiting; 02 gave up 2; 07",
      "        set 2 aside and 07+key 2.",
      "SAME    02 to 07+key answered in 7ms to 7.9ms (p50); one run proves no more (try",
      "        \`npm run bench runs=3\`).",
      "NEXT    open the report: bench/results/2026-11-23T10-15-00/report.html",
    ]
  `);
});

it.each([
  ["one row", (results: Results) => void results.chapters.splice(1)],
  ["all counts of three digits", enormous],
  ["several runs", () => {}],
])("never needs more than 80 columns: %s", (_name, change) => {
  const lines = tableLines(viewOf(changed(inventedResults({ runs: 3 }), change)), report);

  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

function enormous({ chapters }: Results): void {
  for (const run of chapters.flatMap(({ day }) => day?.runs ?? [])) {
    for (const entry of Object.keys(run.ledger) as (keyof typeof run.ledger)[]) {
      run.ledger[entry] = 333;
    }
    run.response.p50Ms = 99_999;
    run.activation.p50Ms = 99_999;
  }
}

it("has no verdict from one run, and says how to get one", () => {
  const text = tableLines(viewOf(inventedResults()), report).join(" ").replaceAll(/\s+/g, " ");

  expect(text).toContain("one run proves no more (try `npm run bench runs=3`)");
  expect(text).not.toContain("no difference");
});

it("has a verdict from three runs", () => {
  const text = tableLines(viewOf(inventedResults({ runs: 3 })), report)
    .join(" ")
    .replaceAll(/\s+/g, " ");

  expect(text).toMatch(/SAME .*(no difference|takes? (longer|less time))/);
});

it("adds up the counts of several runs, and says of how many", () => {
  const lines = tableLines(viewOf(inventedResults({ runs: 3 })), report);

  expect(lines.find((line) => line.includes("DEVICE WORKS"))).toContain("of 240");
  expect(lines.find((line) => line.startsWith("02"))).toMatch(/ 6 +9 +6 +0 +0 +0$/);
});

it("warns if a run is unreliable or incomplete", () => {
  const results = changed(inventedResults(), (copy) => {
    copy.complete = false;
    copy.chapters[0]?.day?.runs[0]?.reasons.push("the machine slept");
  });

  expect(tableLines(viewOf(results), report)).toEqual(
    expect.arrayContaining([
      "INCOMPLETE: not everything was measured.",
      "DON'T TRUST 01 sync: the machine slept",
    ]),
  );
});

it("marks the answers of a saturated machine, still in 80 columns", () => {
  const results = changed(inventedResults(), ({ chapters }) => {
    const processor = { busyShare: 0.7, busiestShare: 0.93, ofOneCore: {} };
    Object.assign(chapters[0]?.day?.runs[0] ?? {}, { processor });
  });

  const lines = tableLines(viewOf(results), report).slice(3, 11);

  expect(lines).toMatchInlineSnapshot(`
    [
      "          ANSWERED     DEVICE WORKS               of 80",
      "           p50   max    p50   max error lost gave-up twice waiting aside",
      "01 sync   479ms never* 463ms  1.3s     5    0       0     0       0     0",
      "02 ticket 7.8ms never  395ms never     2    3       2     0       0     0",
      "03 queue    7ms  12ms    >8s  >12s     0    0       0     1      45     0",
      "07 lock   7.6ms  12ms  462ms never     0    0       0     1       0     2",
      "07 + key  7.9ms  12ms  449ms never     0    0       0     0       0     2",
      "* The machine was saturated (93 % busy): these answers waited for it, too.",
    ]
  `);
});

it("says what was repeated, how often and why", () => {
  const results = changed(inventedResults(), ({ chapters }) => {
    const late = { reasons: ["the sender was late: the worst of 80 requests by 30 ms"] };
    Object.assign(chapters[0]?.day?.runs[0] ?? {}, { discarded: [late, late] });
    const slept = { reasons: ["the machine slept or its clock was set: the clocks moved apart by 3 s"] };
    Object.assign(chapters[1]?.day?.runs[0] ?? {}, { discarded: [slept] });
  });

  expect(tableLines(viewOf(results), report).slice(2, 5)).toEqual([
    "Measured again, because the sender was late and the machine slept or its clock",
    "  was set: 01 sync (twice); 02 ticket (once).",
    "",
  ]);
});

it("says in one sentence what is not reliable, however many rows it is", () => {
  const results = changed(inventedResults(), ({ chapters }) => {
    for (const run of chapters.flatMap(({ day }) => day?.runs ?? [])) {
      run.reasons.push("the machine slept");
    }
  });
  const lines = tableLines(viewOf(results), report);

  const at = lines.findIndex((line) => line.startsWith("DON'T TRUST"));
  expect(lines.filter((line) => line.includes("TRUST"))).toHaveLength(1);
  expect(`${lines[at]} ${lines[at + 1]?.trim()}`).toBe(
    "DON'T TRUST 01 sync, 02 ticket, 03 queue and 2 more: the machine slept; the report says more",
  );
});
