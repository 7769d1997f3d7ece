import type { Results } from "#shared/results.ts";
import type { DiffCount } from "#shared/workshop/chapter-diff.ts";
import { twoClocks } from "../charts/two-clocks.ts";
import { quantileText } from "../format.ts";
import { measuredRows } from "../medians.ts";
import { planOf, secondsOf } from "../plan-words.ts";
import { tableLines } from "../table.ts";
import type { ChapterText } from "./texts.ts";

/** What the blocks are made of. */
export interface Sources {
  /** The reference run. */
  results: Results;
  chapters: readonly ChapterText[];
  /** The lines that differ between the folders of two chapters. */
  countLines: (before: string, after: string) => DiffCount;
}

type Row = ReturnType<typeof measuredRows>[number];

/** The blocks of the project's README. */
export function readmeBlocks(sources: Sources): Record<string, string> {
  return {
    chart: chart(sources.results),
    takes: takes(sources.results),
    screen: fenced(tableLines(sources.results, "bench/results/<time>/report.html")),
    chapters: chapterTable(sources),
    source: sourceLine(sources.results),
  };
}

/** The blocks of a chapter's README: this chapter beside the one before. */
export function chapterBlocks(sources: Sources, chapter: ChapterText): Record<string, string> {
  const at = sources.chapters.indexOf(chapter);
  const before = sources.chapters[at - 1];
  const rows = measuredRows(sources.results).filter(({ chapter: name }) =>
    [before?.name, chapter.name].includes(name),
  );
  return {
    clocks: clockTable(rows, sources.results),
    measured: ledgerTable(rows),
    diff: diffLine(sources, chapter, before),
  };
}

/** The chart of both clocks in bench/reference, for a page of this theme. */
export const clocksFile = (theme: string) => `two-clocks-${theme}.svg`;

function chart(results: Results): string {
  const { title, description } = twoClocks(results);
  const alternative = `${title.replace(/\.$/, "")}. ${description}`.replaceAll('"', "&quot;");
  const source = (theme: string) => `bench/reference/${clocksFile(theme)}`;
  return [
    "<picture>",
    `  <source media="(prefers-color-scheme: dark)" srcset="${source("dark")}">`,
    `  <img alt="${alternative}" src="${source("light")}" width="100%">`,
    "</picture>",
  ].join("\n");
}

function takes({ startedAt, finishedAt }: Results): string {
  const seconds = Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 1_000);
  const took = `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return (
    "The first command needs the network and about a minute. The second needs no network; here it took " +
    `${took}. It ends with this screen, a report that opens from disk, and the charts:`
  );
}

const nothing = "-";

function chapterTable({ results, chapters, countLines }: Sources): string {
  const rows = measuredRows(results);
  const lines = chapters.map(({ name, number, title, breaks }, at) => {
    // Two rows for one chapter differ in the vendor's weather only; the first of them is the usual one.
    const row = rows.find((measured) => measured.chapter === name);
    const before = chapters[at - 1];
    return [
      `[${number}](chapters/${name}/README.md)`,
      title,
      row ? time(row, "response", "p50Ms") : nothing,
      row ? time(row, "activation", "p50Ms") : nothing,
      breaks ?? nothing,
      before?.isMeasured === true ? total(countLines(before.name, name).code) : nothing,
    ];
  });
  return table(
    ["chapter", "the idea", "answered", "device works", "what still breaks", "lines that differ"],
    lines,
    [2, 3, 5],
  );
}

function clockTable(rows: readonly Row[], results: Results): string {
  const cells = rows.map((row) => [
    row.label,
    time(row, "response", "p50Ms"),
    time(row, "response", "maxMs"),
    time(row, "activation", "p50Ms"),
    time(row, "activation", "maxMs"),
  ]);
  const head = ["", "answered p50", "max", "device works p50", "max"];
  return `${table(head, cells, [1, 2, 3, 4])}\n\n${sourceLine(results, "../../")}`;
}

function ledgerTable(rows: readonly Row[]): string {
  const head = ["", "error", "lost", "gave up", "twice", "waiting", "set aside", "calls to the vendor"];
  const cells = rows.map(({ label, ledger }) => [
    label,
    ledger.rejected + ledger.failed + ledger.unanswered,
    ledger.lost,
    ledger.gaveUp,
    ledger.doubled,
    ledger.waiting,
    ledger.deadLettered,
    ledger.vendorCalls,
  ]);
  return table(head, cells, [1, 2, 3, 4, 5, 6, 7]);
}

function diffLine({ countLines }: Sources, { name, number }: ChapterText, before?: ChapterText): string {
  if (before?.isMeasured !== true) {
    return "There is no chapter before this one with code to compare.";
  }
  const { code, template } = countLines(before.name, name);
  return (
    `The lesson is what changed: ${total(code)} lines of code (${code.added} new, ${code.removed} gone) and ` +
    `${total(template)} of the template.\n\n\`\`\`\nnpm run diff ${before.number} ${number}\n\`\`\``
  );
}

function total({ added, removed }: DiffCount["code"]): number {
  return added + removed;
}

/** Where the figures come from, for a text in a folder from which `up` leads to the project's root. */
function sourceLine(results: Results, up = ""): string {
  const { environment, startedAt } = results;
  const plan = planOf(results);
  const runs = plan.runs === 1 ? "one run" : `medians and sums of ${plan.runs} runs`;
  const troubles = `${plan.customers} customers in ${secondsOf(plan)} s, with the same small troubles`;
  return (
    `<sub>${troubles}; ${runs} of \`npm run bench\` on ${startedAt.slice(0, 10)}, ${environment.cores} cores, ` +
    `Node ${environment.node.replace(/^v/, "")}. An embedded AWS on one machine: these are not AWS's latencies. ` +
    `[Where they are kept](${up}bench/reference/README.md).</sub>`
  );
}

function time(row: Row, clock: "response" | "activation", which: "p50Ms" | "maxMs"): string {
  // The median over the runs, and where that never finished, what the first run says of it.
  return quantileText({ ...row.run[clock], [which]: row.median[clock][which] }, which);
}

function table(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  right: number[],
): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_title, at) => (right.includes(at) ? "--:" : "---"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

function fenced(lines: readonly string[]): string {
  return ["```text", ...lines, "```"].join("\n");
}
