import type { Results } from "#shared/results.ts";
import { connectionsRefused, labSentence, longestBacklog, setAsideBefore } from "../lab-sentences.ts";
import { questionOf } from "../../plan/rows.ts";
import { measuredRows } from "../../figures/medians.ts";
import { errorsOf } from "../../trial/ledger.ts";
import type { TrialPart } from "../../plan/rows.ts";
import { clockTable, ledgerTable, time, total } from "./figures.ts";
import type { Row, Sources } from "./figures.ts";
import { table } from "./markdown.ts";
import { sourceLine } from "./source-line.ts";
import { stormBlock } from "./storm-figures.ts";
import type { ChapterText } from "./texts.ts";

const notMeasured =
  "The labs were not measured yet. `npm run bench:full lab-retries 05 lab-relational 07` does, and `npm run docs reference` keeps it.";
const folderOf = ({ results }: Sources["labs"], beside: string) =>
  results?.chapters.find(({ id }) => id === beside)?.chapter;

/** The blocks of a lab's README: the lab beside the chapter that it is measured with. */
export function labBlocks({ labs, countLines }: Sources, lab: ChapterText): Record<string, string> {
  const { results } = labs;
  const question = questionOf(lab.name);
  const beside = question && folderOf(labs, question.beside);
  if (results === undefined || question === undefined || beside === undefined) {
    const names = ["clocks", "measured", "storm", "answer", "diff"];
    return Object.fromEntries(names.map((name) => [name, notMeasured]));
  }
  const both = [beside, lab.name];
  const rows = measuredRows(results).filter(({ chapter }) => both.includes(chapter));
  const { code, template } = countLines(beside, lab.name);
  return {
    clocks: clockTable(rows, results),
    measured: ledgerTable(rows),
    storm: stormBlock(results, both),
    answer: answer(results, question.plan, both),
    diff:
      `What differs from ${question.beside}: ${total(code)} lines of code (${code.added} new, ${code.removed} gone) and ` +
      `${total(template)} of the template.\n\n\`\`\`\nnpm run diff ${question.beside} ${lab.number}\n\`\`\``,
  };
}

/** What the lab's own plan has shown. */
function answer(results: Results, plan: TrialPart, chapters: readonly string[]): string {
  const rows = measuredRows(results, plan).filter(({ chapter }) => chapters.includes(chapter));
  const figures = plan === "rush" ? rushTable(rows) : outageTable(rows);
  return [labSentence(results, plan), figures, sourceLine(results, plan, "../../")].join("\n\n");
}

function outageTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.label,
    time(row, "activation", "p50Ms"),
    time(row, "activation", "maxMs"),
    setAsideBefore(row),
    row.ledger.deadLettered,
    row.ledger.lost,
    row.ledger.doubled,
    row.ledger.vendorCalls,
    longestBacklog(row),
  ]);
  const head = [
    "",
    "device works p50",
    "max",
    "healthy, set aside",
    "left there after the redrive",
    "lost",
    "twice",
  ];
  return table([...head, "calls to the vendor", "longest backlog"], cells, [1, 2, 3, 4, 5, 6, 7, 8]);
}

function rushTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.label,
    time(row, "response", "p50Ms"),
    time(row, "response", "maxMs"),
    time(row, "activation", "p50Ms"),
    time(row, "activation", "maxMs"),
    row.runs.every((run) => run.connectionsRefused === undefined) ? "-" : connectionsRefused(row),
    errorsOf(row.ledger),
    row.ledger.lost,
    row.ledger.doubled,
    row.ledger.deadLettered,
    row.ledger.waiting,
  ]);
  const head = ["", "answered p50", "max", "device works p50", "max", "connections refused", "error", "lost"];
  return table([...head, "twice", "set aside", "waiting"], cells, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
}

/** The labs' rows for the project's README. */
export function labTable({ labs, countLines }: Sources): string {
  const { results, texts } = labs;
  if (results === undefined) {
    return notMeasured;
  }
  const rows = texts.flatMap((lab) => {
    const question = questionOf(lab.name);
    const beside = question && folderOf(labs, question.beside);
    const [row] = measuredRows(results).filter(({ id }) => id === lab.name);
    return row && question && beside !== undefined
      ? [
          [
            `[${lab.name}](chapters/${lab.name}/README.md)`,
            lab.title,
            time(row, "response", "p50Ms"),
            time(row, "activation", "p50Ms"),
            labSentence(results, question.plan)?.replace(/\.$/, "") ?? "-",
            total(countLines(beside, lab.name).code),
          ],
        ]
      : [];
  });
  const head = ["lab", "the question", "answered", "device works", "measured", "lines that differ"];
  return `${table(head, rows, [2, 3, 5])}\n\n${sourceLine(results, "day")}`;
}
