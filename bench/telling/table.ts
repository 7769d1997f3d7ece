import type { LedgerEntries, Results } from "#shared/results.ts";
import { duration, quantileText, wrapped } from "./format.ts";
import { measuredRows } from "../figures/medians.ts";
import type { Measured } from "../figures/medians.ts";
import { placeText, planOf, troublesText } from "./plan-words.ts";
import { labSentence } from "./lab-sentences.ts";
import { boughtSentence, paidSentence, sameSentence } from "./sentences.ts";
import { sweepLines } from "./sweep-lines.ts";
import { trialParts } from "../plan/rows.ts";
import type { TrialPart } from "../plan/rows.ts";
import { distrusted } from "../figures/trust.ts";

const width = 80;
type Clock = "response" | "activation";
type Which = "p50Ms" | "p99Ms" | "maxMs";

interface Column {
  title: string;
  width: number;
  of: (entries: LedgerEntries) => number;
}

const error: Column["of"] = ({ rejected, failed, unanswered }) => rejected + failed + unanswered;
const columns: readonly Column[] = [
  { title: "error", width: 6, of: error },
  { title: "lost", width: 5, of: ({ lost }) => lost },
  { title: "gave-up", width: 8, of: ({ gaveUp }) => gaveUp },
  { title: "twice", width: 6, of: ({ doubled }) => doubled },
  { title: "waiting", width: 8, of: ({ waiting }) => waiting },
  { title: "aside", width: 6, of: ({ deadLettered }) => deadLettered },
];
/** The vendor did it, and whoever asked was never told: it takes a kill at the right moment, so only storms show it. */
const untold: Column = { title: "untold", width: 7, of: ({ orphaned }) => orphaned };

/** What is shown beside the day's rows without having been measured now. */
export interface Beside {
  rows: readonly Measured[];
  sentences: readonly { word: string; text: string }[];
}

const nothingBeside: Beside = { rows: [], sentences: [] };

/** What the screen after a benchmark says, in lines of at most 80 letters. */
export function tableLines(results: Results, reportPath: string, beside = nothingBeside): string[] {
  const parts = trialParts.filter((part) => measuredRows(results, part).length > 0);
  const sweep = sweepLines(results, width);
  return [
    ...parts.flatMap((part) => [
      ...headLines(results, part),
      ...(part === parts[0] ? warningLines(results) : []),
      "",
      ...rowLines(results, part, part === "day" ? beside.rows : []),
      "",
    ]),
    ...(parts.length === 0 ? warningLines(results) : []),
    ...(sweep.length > 0 ? [...sweep, ""] : []),
    ...sentenceLines(results, parts),
    ...beside.sentences.flatMap(({ word, text }) => sentenceLine(word, text)),
    `NEXT    open the report: ${reportPath}`,
  ];
}

function headLines(results: Results, part: TrialPart): string[] {
  const plan = planOf(results, part);
  const many = plan.runs > 1 ? `; medians and sums of ${plan.runs} runs` : "";
  const runs = measuredRows(results, part).flatMap((row) => row.runs);
  const lateMs = Math.max(0, ...runs.map(({ sender }) => sender.lateMaxMs));
  const troubles = troublesText(plan).join(", ");
  const trouble = troubles === "" ? "no trouble" : `the same trouble: ${troubles}`;
  return [
    ...wrapped(`${plan.customers} customers, ${trouble}${many}`, width, ""),
    ...wrapped(
      `(embedded AWS on this machine, ${placeText(results)}; sender late ${duration(lateMs)} at most)`,
      width,
      " ",
    ),
  ];
}

const warningsShown = 3;

function warningLines({ complete, chapters }: Results): string[] {
  const reasons = distrusted(chapters);
  const more = reasons.length - warningsShown;
  return [
    ...(complete ? [] : ["INCOMPLETE: not everything was measured."]),
    ...reasons.slice(0, warningsShown).flatMap((reason) => wrapped(`DON'T TRUST ${reason}`, width, "  ")),
    ...(more > 0 ? [`  and ${more} more, which the report names`] : []),
  ];
}

const nameWidth = 10;

function rowLines(results: Results, part: TrialPart, beside: readonly Measured[]): string[] {
  const plan = planOf(results, part);
  const rows = [...measuredRows(results, part), ...beside];
  const shown = part === "storm" ? [...columns, untold] : columns;
  // A p99 of too few samples would be the maximum under another name.
  const high: Which = rows.every(({ run }) => run.response.p99Ms !== undefined) ? "p99Ms" : "maxMs";
  const highTitle = high === "p99Ms" ? "p99" : "max";
  const head = [
    `${" ".repeat(nameWidth)}ANSWERED    DEVICE WORKS               of ${plan.customers * plan.runs}`,
    `${" ".repeat(nameWidth)} p50   ${highTitle}   p50   ${highTitle}${shown.map((column) => column.title.padStart(column.width)).join("")}`,
  ];
  const lines = rows.map((row) => {
    const times = [
      timeText(row, "response", "p50Ms").padStart(5),
      timeText(row, "response", high).padStart(6),
      timeText(row, "activation", "p50Ms").padStart(6),
      timeText(row, "activation", high).padStart(6),
    ].join("");
    const counts = shown.map((column) => String(column.of(row.ledger)).padStart(column.width)).join("");
    return `${row.label.padEnd(nameWidth)}${times}${counts}`;
  });
  return [...head, ...lines];
}

/** The median over runs; where that never finished, or there is none, what the first run says. */
export function timeText({ median, runs, run }: Measured, clock: Clock, which: Which): string {
  const ms = median[clock][which];
  if (runs.length > 1 && typeof ms === "number") {
    return duration(ms);
  }
  return quantileText(ms === undefined ? run[clock] : { ...run[clock], [which]: ms }, which);
}

const sentenceLine = (word: string, text: string) =>
  wrapped(`${word.padEnd(7)} ${text}`, width, " ".repeat(8));

function sentenceLines(results: Results, parts: readonly TrialPart[]): string[] {
  const line = sentenceLine;
  const [first] = parts;
  if (first === undefined) {
    return [];
  }
  return [
    ...line("BOUGHT", boughtSentence(results, first)),
    ...line("PAID", paidSentence(results, first)),
    ...line("SAME", sameSentence(results, first)),
    ...parts
      .filter((part) => part !== first)
      .flatMap((part) => line(part.toUpperCase(), labSentence(results, part) ?? paidSentence(results, part))),
  ];
}
