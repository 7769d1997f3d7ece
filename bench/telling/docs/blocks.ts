import type { DiffCount } from "#shared/workshop/course/chapter-diff.ts";
import { wrap } from "#shared/command.ts";
import { quantileText } from "../../figures/format.ts";
import type { Part, ResultsView, RowView, TrialView } from "../../figures/view.ts";
import { questionOf } from "../../plan/rows.ts";
import { bendSentence, boughtSentence, labSentence, paidSentence, stormSentence } from "../sentences.ts";
import { tableLines } from "../table.ts";
import {
  clockTable,
  fenced,
  mark,
  markdownTable,
  killsTable,
  outageTable,
  paidList,
  picture,
  rushTable,
  scoreTable,
  shortSourceLine,
  stormList,
  remarksOn,
  sourceLine,
  textColumns,
} from "./tables.ts";
import type { ChapterText } from "./texts.ts";

/** What the blocks are made from. */
export interface BlockSources {
  /** The reference run. */
  view: ResultsView;
  chapters: readonly ChapterText[];
  labs: { texts: readonly ChapterText[]; view: ResultsView | undefined };
  /** The reference's animated picture as HTML. Empty if it has no traces to draw it from. */
  first?: string;
  /** Counts the lines that differ between two chapters' folders. */
  countLines: (before: string, after: string) => DiffCount;
  /** Quotes a chapter's file from the line with the first words to the next line with the others, unchanged. */
  quote: (file: string, from: string, to: string) => string;
}

// From a chapter's README to the root.
const up = "../../";
const nothing = "-";
const noStorm = "The reference run has no storm. `npm run bench:storm` measures one.";
const noSweep = "The reference run has no sweep. `npm run bench:full` measures one.";
const noLabs =
  "The labs were not measured yet. `npm run bench:full lab-retries 05 lab-relational 07 lab-fifo` does, and `npm run docs reference` keeps it.";

/** The blocks of the project's README: the results at a glance. */
export function readmeBlocks(sources: BlockSources): Record<string, string> {
  const { view } = sources;
  return {
    first: sources.first ?? "",
    change: firstChange(sources),
    chapters: chapterTable(sources),
    source: sourceLine(view, ["day"]),
  };
}

/** The blocks of bench/README.md: all figures. */
export function benchBlocks(sources: BlockSources): Record<string, string> {
  const { view } = sources;
  const up = "../";
  const { storm } = view.trials;
  const parts = (...all: readonly (string | undefined)[]) => all.filter(Boolean).join("\n\n");
  return {
    takes: takes(view),
    chart: picture(view, "two-clocks", up).join("\n\n"),
    screen: fenced(tableLines(dayOf(view), "bench/results/<time>/report.html")),
    scoreboard: storm
      ? parts(
          stormSentence(storm),
          ...picture(view, "storm", up),
          scoreTable(storm),
          ...remarksOn(view, "storm"),
        )
      : noStorm,
    sweep: view.sweep
      ? parts(bendSentence(view), ...picture(view, "arrival-rate", up), ...remarksOn(view, "sweep"))
      : noSweep,
    labs: labTable(sources, up),
    source: sourceLine(view, measuredParts(view), up),
  };
}

/** The blocks of a chapter's README: this chapter beside the one before. */
export function chapterBlocks(sources: BlockSources, chapter: ChapterText): Record<string, string> {
  const { view, chapters, countLines } = sources;
  const before = chapters[chapters.indexOf(chapter) - 1];
  return {
    ...measuredBlocks(view, [...(before ? [before.name] : []), chapter.name]),
    bend: bendBlock(view, chapter.name),
    source: shortSourceLine(view, measuredParts(view), up),
    diff:
      before?.isMeasured === true
        ? diffBlock("the lesson", countLines(before.name, chapter.name), [before.number, chapter.number])
        : "There is no chapter before this one with code to compare.",
  };
}

/** The blocks of a lab's README: the lab beside the chapter that it is measured with. */
export function labBlocks({ labs, countLines }: BlockSources, lab: ChapterText): Record<string, string> {
  const { view } = labs;
  const beside = besideOf(labs, lab);
  const question = questionOf(lab.name);
  const trial = question && view?.trials[question.plan];
  if (view === undefined || beside === undefined || question === undefined || trial === undefined) {
    const names = ["clocks", "measured", "storm", "answer", "diff", "source"];
    return Object.fromEntries(names.map((name) => [name, noLabs]));
  }
  const { alsoBeside } = question;
  const besides = view.rows.filter(({ id }) => id === beside.id || id === alsoBeside);
  const both = [...besides.map(({ chapter }) => chapter), lab.name];
  const rows = trial.rows.filter(({ chapter }) => both.includes(chapter));
  const table = { outage: outageTable, rush: rushTable, kills: killsTable }[question.plan](rows);
  return {
    ...measuredBlocks(view, both),
    answer: [wrap(labSentence(trial) ?? "", textColumns), table, ...remarksOn(view, trial.part, both)].join(
      "\n\n",
    ),
    source: shortSourceLine(view, ["day", "storm", trial.part], up),
    diff: diffBlock("what differs", countLines(beside.chapter, lab.name), [beside.id, lab.number]),
  };
}

/** The parts of a run that the chapters' pages show. */
const measuredParts = ({ trials, sweep }: ResultsView): Part[] => [
  ...(trials.day ? (["day"] as const) : []),
  ...(trials.storm ? (["storm"] as const) : []),
  ...(sweep ? (["sweep"] as const) : []),
];

/** The row of the chapter that a lab is measured beside. */
function besideOf({ view }: BlockSources["labs"], lab: ChapterText) {
  return view?.rows.find(({ id }) => id === questionOf(lab.name)?.beside);
}

/** The day and the storm of two neighbours. */
function measuredBlocks(view: ResultsView, both: readonly string[]) {
  const shown = (trial: TrialView | undefined) =>
    trial && { ...trial, rows: trial.rows.filter(({ chapter }) => both.includes(chapter)) };
  const [day, storm] = [shown(view.trials.day), shown(view.trials.storm)];
  return {
    clocks: [clockTable(day?.rows ?? []), ...remarksOn(view, "day", both)].join("\n\n"),
    measured: day ? paidList(day) : nothing,
    storm:
      storm !== undefined && storm.rows.length > 0
        ? [stormList(storm), ...remarksOn(view, "storm", both)].join("\n\n")
        : noStorm,
  };
}

function takes({ command, startedAt, finishedAt }: ResultsView): string {
  const seconds = Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 1_000);
  const took = `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const first = "`npm ci` needs the network and about a minute.";
  const last = "a report that opens from disk, and the charts:";
  // The reference may come from a longer command, so leave its time out.
  return wrap(
    /^npm run bench(?!:)/.test(command)
      ? `${first} The benchmark needs no network; here it took ${took}. It ends with this screen, ${last}`
      : `${first} The benchmark needs no network, and says how long it still takes. It ends with a screen like this (the ` +
          `figures here are of \`${command}\`, which took ${took}), ${last}`,
    textColumns,
  );
}

/** Only the day, which is all that the command in the text shows. */
function dayOf(view: ResultsView): ResultsView {
  const { day } = view.trials;
  const ofDay = <Item extends { part: string }>(items: readonly Item[]) =>
    items.filter(({ part }) => part === "day");
  const [doubts, repeats] = [ofDay(view.doubts), ofDay(view.repeats)];
  return { ...view, trials: day ? { day } : {}, sweep: undefined, doubts, repeats };
}

/** What the first step changes: a few lines of 01 and of 02, and both clocks. */
function firstChange({ view, quote }: BlockSources): string {
  const { day } = view.trials;
  const rows = ["01", "02"].flatMap((id) => day?.rows.find((row) => row.id === id) ?? []);
  const code = (file: string, from: string, to: string) => fenced([quote(file, from, to)], "ts");
  return [
    "Chapter 01 calls the vendor before it answers:",
    code("01-synchronous/api.ts", "// The customer waits for the vendor", "await provision"),
    "Chapter 02 answers first, and works afterwards:",
    code("02-ticket/api.ts", "const ticket = await", "void activate"),
    ...(day && rows.length === 2
      ? [
          `**${boughtSentence({ ...day, rows })}** The price: of ${day.plan.customers * day.plan.runs} customers, ` +
            paidSentence({ ...day, rows }),
        ]
      : []),
  ].join("\n\n");
}

function chapterTable({ view, chapters }: BlockSources): string {
  const lines = chapters.map(({ name, number, title, breaks }) => [
    `[${number}](chapters/${name}/README.md)`,
    title,
    // Two rows of one chapter differ only in the vendor's weather, and the first has the usual one.
    ...mediansOf(view.trials.day, ({ chapter }) => chapter === name),
    breaks ?? nothing,
  ]);
  const head = ["chapter", "the idea", "answered", "device works", "what still breaks"];
  return markdownTable(head, lines, ["the idea", "what still breaks"]);
}

/** The labs' rows, and where they were measured. */
function labTable({ labs }: BlockSources, up: string): string {
  const { view, texts } = labs;
  if (view === undefined) {
    return noLabs;
  }
  const rows = texts.flatMap((lab) => {
    const beside = besideOf(labs, lab);
    const question = questionOf(lab.name);
    const trial = question && view.trials[question.plan];
    return beside && trial
      ? [
          [
            `[${lab.name}](${up}chapters/${lab.name}/README.md)`,
            lab.title,
            ...mediansOf(view.trials.day, ({ id }) => id === lab.name),
            labSentence(trial)?.replace(/\.$/, "") ?? nothing,
          ],
        ]
      : [];
  });
  const head = ["lab", "the question", "answered", "device works", "measured"];
  return `${markdownTable(head, rows, ["the question", "measured"])}\n\n${sourceLine(view, ["day", "storm"], up)}`;
}

/** Up to which rate this chapter keeps up. */
function bendBlock(view: ResultsView, chapter: string): string {
  const bend = view.sweep?.rows.find((row) => row.chapter === chapter)?.bend;
  if (bend === undefined) {
    return noSweep;
  }
  const { steadyUpTo, overFrom, fails } = bend;
  const upTo =
    steadyUpTo === undefined
      ? "No rate that was tried is steady."
      : `Keeps up with ${steadyUpTo} customers a second${overFrom === undefined ? ", the highest rate that was tried" : ""}.`;
  const beyond =
    overFrom === undefined
      ? []
      : [`From ${overFrom} a second on, ${fails ? "customers get errors" : "the backlog keeps growing"}.`];
  return [[upTo, ...beyond].join(" "), ...remarksOn(view, "sweep", [chapter])].join("\n\n");
}

function diffBlock(what: string, { code, template }: DiffCount, numbers: readonly string[]): string {
  return (
    `\`npm run diff ${numbers.join(" ")}\` shows ${what}: ${total(code)} lines of code (${code.added} new, ` +
    `${code.removed} gone), ${total(template)} of the template.`
  );
}

const total = ({ added, removed }: DiffCount["code"]): number => added + removed;

/** The medians of one row's clocks. Dashes if it was not measured. */
function mediansOf(trial: TrialView | undefined, isWanted: (row: RowView) => boolean): string[] {
  const row = trial?.rows.find(isWanted);
  return row === undefined
    ? [nothing, nothing]
    : [
        `${quantileText(row.median.response, "p50Ms")}${mark(row.saturatedShare)}`,
        quantileText(row.median.activation, "p50Ms"),
      ];
}
