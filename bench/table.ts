import type { LedgerEntries, Results } from "#shared/results.ts";
import { counted, duration, quantileText, wrapped } from "./format.ts";
import { measuredRows } from "./medians.ts";
import { boughtSentence, paidSentence, sameSentence } from "./sentences.ts";

const width = 80;

const columns: readonly { title: string; width: number; of: (entries: LedgerEntries) => number }[] = [
  { title: "error", width: 6, of: (entries) => entries.rejected + entries.failed + entries.unanswered },
  { title: "lost", width: 5, of: (entries) => entries.lost },
  { title: "gave-up", width: 8, of: (entries) => entries.gaveUp },
  { title: "twice", width: 6, of: (entries) => entries.doubled },
  { title: "waiting", width: 8, of: (entries) => entries.waiting },
  { title: "aside", width: 6, of: (entries) => entries.deadLettered },
];

/** What the first screen after a benchmark says, in lines of at most 80 letters. */
export function tableLines(results: Results, reportPath: string): string[] {
  return [...headLines(results), "", ...rowLines(results), "", ...sentenceLines(results, reportPath)];
}

function headLines(results: Results): string[] {
  const { load } = results;
  const twice = Math.floor(load.customers / load.everyNthTwice);
  const troubles = [
    `a kill at ${load.killAtMs / 1_000} s`,
    counted(load.poison.length, "poison device"),
    `${twice} sent twice`,
  ].join(", ");
  const runs = measuredRows(results).flatMap((row) => row.runs);
  const lateMs = Math.max(0, ...runs.map(({ sender }) => sender.lateMaxMs));
  const many = load.runs > 1 ? `; medians and sums of ${load.runs} runs` : "";
  return [
    ...wrapped(`${load.customers} customers, the same trouble: ${troubles}${many}`, width, ""),
    `(embedded AWS on this machine, not AWS latencies; sender late ${duration(lateMs)} at most)`,
    ...(results.complete ? [] : ["INCOMPLETE: not everything was measured."]),
    ...measuredRows(results).flatMap((row) =>
      row.runs.flatMap(({ reasons }) =>
        reasons.flatMap((reason) => wrapped(`DON'T TRUST ${row.label}: ${reason}`, width, "  ")),
      ),
    ),
  ];
}

const nameWidth = 10;

function rowLines(results: Results): string[] {
  const titles = columns.map((column) => column.title.padStart(column.width)).join("");
  const head = [
    `${" ".repeat(nameWidth)}ANSWERED    DEVICE WORKS               of ${results.load.customers * results.load.runs}`,
    `${" ".repeat(nameWidth)} p50   max   p50   max${titles}`,
  ];
  const rows = measuredRows(results).map(({ label, median, ledger, run }) => {
    const many = results.load.runs > 1;
    const time = (clock: "response" | "activation", which: "p50Ms" | "maxMs") => {
      const ms = median[clock][which];
      // Of several runs the median counts; what it may be where it never finished, the first run says.
      return many && ms !== null ? duration(ms) : quantileText({ ...run[clock], [which]: ms }, which);
    };
    const times = [
      time("response", "p50Ms").padStart(5),
      time("response", "maxMs").padStart(6),
      time("activation", "p50Ms").padStart(6),
      time("activation", "maxMs").padStart(6),
    ].join("");
    const counts = columns.map((column) => String(column.of(ledger)).padStart(column.width)).join("");
    return `${label.padEnd(nameWidth)}${times}${counts}`;
  });
  return [...head, ...rows];
}

function sentenceLines(results: Results, reportPath: string): string[] {
  const line = (word: string, text: string) => wrapped(`${word.padEnd(7)} ${text}`, width, " ".repeat(8));
  return [
    ...line("BOUGHT", boughtSentence(results)),
    ...line("PAID", paidSentence(results)),
    ...line("SAME", sameSentence(results)),
    `NEXT    open the report: ${reportPath}`,
  ];
}
