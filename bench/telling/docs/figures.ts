import type { Results } from "#shared/results.ts";
import type { DiffCount } from "#shared/workshop/chapter-diff.ts";
import { quantileText } from "../format.ts";
import { measuredRows } from "../../figures/medians.ts";
import { tableLines } from "../table.ts";
import { fenced, table } from "./markdown.ts";
import { picture } from "./pictures.ts";
import { sourceLine } from "./source-line.ts";
import { bendBlock, scoreboardBlock, stormBlock, sweepBlock } from "./storm-figures.ts";
import type { ChapterText } from "./texts.ts";
import { labTable } from "./lab-figures.ts";

/** What the blocks are made of. */
export interface Sources {
  /** The reference run. */
  results: Results;
  chapters: readonly ChapterText[];
  labs: { texts: readonly ChapterText[]; results: Results | undefined };
  /** The lines that differ between the folders of two chapters. */
  countLines: (before: string, after: string) => DiffCount;
}

/** A row of a table. */
export type Row = ReturnType<typeof measuredRows>[number];

/** The blocks of the project's README. */
export function readmeBlocks(sources: Sources): Record<string, string> {
  return {
    chart: picture(sources.results, "two-clocks").join("\n\n"),
    takes: takes(sources.results),
    screen: fenced(tableLines(dayOf(sources.results), "bench/results/<time>/report.html")),
    chapters: chapterTable(sources),
    labs: labTable(sources),
    scoreboard: scoreboardBlock(sources.results),
    sweep: sweepBlock(sources.results),
    source: sourceLine(sources.results, "day"),
  };
}

/** The blocks of a chapter's README: this chapter beside the one before. */
export function chapterBlocks(sources: Sources, chapter: ChapterText): Record<string, string> {
  const at = sources.chapters.indexOf(chapter);
  const before = sources.chapters[at - 1];
  const both = [...(before ? [before.name] : []), chapter.name];
  const rows = measuredRows(sources.results).filter(({ chapter: name }) => both.includes(name));
  return {
    clocks: clockTable(rows, sources.results),
    measured: ledgerTable(rows),
    storm: stormBlock(sources.results, both),
    bend: bendBlock(sources.results, chapter.name),
    diff: diffLine(sources, chapter, before),
  };
}

function takes({ command, startedAt, finishedAt }: Results): string {
  const seconds = Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 1_000);
  const took = `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const first = "The first command needs the network and about a minute.";
  const last = "a report that opens from disk, and the charts:";
  // The reference may be of a longer command: its time is not that of the one in the text.
  return /^npm run bench(?!:)/.test(command)
    ? `${first} The second needs no network; here it took ${took}. It ends with this screen, ${last}`
    : `${first} The second needs no network, and says how long it still takes. It ends with a screen like this (the ` +
        `figures here are of \`${command}\`, which took ${took}), ${last}`;
}

/** The day alone: the screen of the command in the text has nothing else. */
function dayOf(results: Results): Results {
  const { day } = results.plans;
  const chapters = results.chapters.map(({ storm: _storm, sweep: _sweep, ...row }) => row);
  return { ...results, plans: { ...(day !== undefined && { day }) }, chapters };
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

export function clockTable(rows: readonly Row[], results: Results): string {
  const cells = rows.map((row) => [
    row.label,
    time(row, "response", "p50Ms"),
    time(row, "response", "maxMs"),
    time(row, "activation", "p50Ms"),
    time(row, "activation", "maxMs"),
  ]);
  const head = ["", "answered p50", "max", "device works p50", "max"];
  return `${table(head, cells, [1, 2, 3, 4])}\n\n${sourceLine(results, "day", "../../")}`;
}

export function ledgerTable(rows: readonly Row[]): string {
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

export function total({ added, removed }: DiffCount["code"]): number {
  return added + removed;
}

/** The median over the runs, and where that never finished, what the first run says of it. */
export function time(row: Row, clock: "response" | "activation", which: "p50Ms" | "maxMs"): string {
  return quantileText({ ...row.run[clock], [which]: row.median[clock][which] }, which);
}
