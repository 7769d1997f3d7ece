// Reads the results of a short benchmark in a folder and says whether they teach what they should. No speed is judged here,
// only what holds on any machine: the rows are there, they balance, and they differ where the chapters differ.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseResults } from "#shared/results.ts";

const [kind = "day", folder = ""] = process.argv.slice(2);
const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
const inRun = (name: string) => files.find((file) => path.basename(file) === name);

const file = path.join(folder, inRun("results.json") ?? "results.json");
const results = parseResults(readFileSync(file, "utf8"), file);
const p50 = (quantiles: { p50Ms: number | null } | undefined) => quantiles?.p50Ms ?? Infinity;

function ofTheDay(): [string, boolean][] {
  const row = (id: string) => results.chapters.find((chapter) => chapter.id === id)?.day?.runs[0];
  const [sync, ticket, ignored, honoured] = [row("01"), row("02"), row("07"), row("07+key")];
  return [
    [
      "there are rows for 01, 02, and 07 with the key ignored and honoured",
      Boolean(sync && ticket && ignored && honoured),
    ],
    ["02 answers at least ten times sooner than 01", p50(ticket?.response) * 10 < p50(sync?.response)],
    ["02 loses what was in work when it was killed", (ticket?.ledger.lost ?? 0) > 0],
    ["07 loses nothing", ignored?.ledger.lost === 0 && honoured?.ledger.lost === 0],
    ["07 with the key honoured provisions nothing twice", honoured?.ledger.doubled === 0],
    ["07 sets the two poison devices aside", honoured?.ledger.deadLettered === 2],
    ["the charts are there", ["two-clocks.png", "two-clocks.svg"].every(inRun)],
  ];
}

// What each chapter must keep in a storm, the benchmark says itself by its exit code.
function ofTheStorm(): [string, boolean][] {
  const ids = results.chapters.flatMap(({ id, storm }) => (storm ? [id] : []));
  return [
    [
      "there are eight rows, 07 twice",
      ids.join(" ") === ["01", "02", "03", "04", "05", "06", "07", "07+key"].join(" "),
    ],
    [
      "each row has its lane: seconds and samples",
      results.chapters.every(({ storm }) =>
        storm?.runs.every((run) => run.seconds.length > 0 && run.samples.length > 0),
      ),
    ],
    ["the charts are there", ["storm.png", "scoreboard.png", "scoreboard.svg"].every(inRun)],
  ];
}

/** A lab beside its chapter; what each keeps in the lab's own plan, the benchmark says itself by its exit code. */
function ofTheLab(lab: string, beside: string, plan: "outage" | "rush" | "kills"): [string, boolean][] {
  const rows = [lab, beside].map((id) => results.chapters.find((chapter) => chapter.id === id));
  return [
    [`there are rows for ${lab} and ${beside}`, rows.every((row) => row?.day && row[plan])],
    ["neither loses any", rows.every((row) => row?.day?.runs.every(({ ledger }) => ledger.lost === 0))],
  ];
}

function ofKind(): [string, boolean][] {
  switch (kind) {
    case "storm":
      return ofTheStorm();
    case "lab-retries":
      return ofTheLab(kind, "05", "outage");
    case "lab-relational":
      return ofTheLab(kind, "07", "rush");
    case "lab-fifo":
      return ofTheLab(kind, "05", "kills");
    default:
      return ofTheDay();
  }
}

const mustHold: [string, boolean][] = [
  ["the run is complete", results.complete],
  ...ofKind(),
  ["the report is there", inRun("report.html") !== undefined],
];

for (const [what, holds] of mustHold) {
  console.log(`${holds ? "ok    " : "FAILED"} ${what}`);
}
process.exitCode = mustHold.every(([, holds]) => holds) ? 0 : 1;
