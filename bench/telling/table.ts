import { duration, quantileText, wrapped } from "../figures/format.ts";
import { ledgerColumns } from "../figures/ledger-columns.ts";
import type { ClockName, ResultsView, RowView, SweepView, TrialView } from "../figures/view.ts";
import { doubtsSentence, repeatedSentence } from "./reliance.ts";
import { boughtSentence, labSentence, paidSentence, sameSentence } from "./sentences.ts";
import { placeText, saturatedSentence, saturationMark, troublesText } from "./words.ts";

const width = 80;

/** What is shown beside the day's rows without being measured now. */
export interface Beside {
  rows: readonly RowView[];
  sentences: readonly { word: string; text: string }[];
}

const nothingBeside: Beside = { rows: [], sentences: [] };

/** What the screen after a benchmark says, in lines of at most 80 characters. */
export function tableLines(view: ResultsView, reportPath: string, beside = nothingBeside): string[] {
  const trials = Object.values(view.trials);
  const [first, ...others] = trials;
  return [
    ...trials.flatMap((trial) => [
      ...headLines(view, trial),
      ...(trial === first ? warningLines(view) : []),
      "",
      ...rowLines(trial, trial.part === "day" ? beside.rows : []),
      "",
    ]),
    ...(first === undefined ? warningLines(view) : []),
    ...(view.sweep === undefined ? [] : [...sweepLines(view.sweep), ""]),
    ...(first === undefined
      ? []
      : [
          ...sentenceLines("BOUGHT", boughtSentence(first)),
          ...sentenceLines("PAID", paidSentence(first)),
          ...sentenceLines("SAME", sameSentence(first)),
        ]),
    ...others.flatMap((trial) =>
      sentenceLines(trial.part.toUpperCase(), labSentence(trial) ?? paidSentence(trial)),
    ),
    ...beside.sentences.flatMap(({ word, text }) => sentenceLines(word, text)),
    `NEXT    open the report: ${reportPath}`,
  ];
}

function headLines(view: ResultsView, trial: TrialView): string[] {
  const { plan, rows } = trial;
  const many = plan.runs > 1 ? `; medians and sums of ${plan.runs} runs` : "";
  const lateMs = Math.max(0, ...rows.flatMap(({ runs }) => runs.map(({ sender }) => sender.lateMaxMs)));
  const troubles = troublesText(trial).join(", ");
  const trouble = troubles === "" ? "no trouble" : `the same trouble: ${troubles}`;
  const place = `embedded AWS on this machine, ${placeText(view)}`;
  return [
    ...wrapped(`${plan.customers} customers, ${trouble}${many}`, width, ""),
    ...wrapped(`(${place}; sender late ${duration(lateMs)} at most)`, width, " "),
  ];
}

function warningLines({ complete, doubts, repeats }: ResultsView): string[] {
  const doubtful = doubtsSentence(doubts);
  const repeated = repeatedSentence(repeats);
  return [
    ...(repeated === undefined ? [] : wrapped(repeated, width, "  ")),
    ...(complete ? [] : ["INCOMPLETE: not everything was measured."]),
    ...(doubtful === undefined ? [] : wrapped(`DON'T TRUST ${doubtful}`, width, "  ")),
  ];
}

const { errors, lost, gaveUp, twice, waiting, setAside, untold } = ledgerColumns;
const nameWidth = 10;

function rowLines({ part, plan, rows, high }: TrialView, beside: readonly RowView[]): string[] {
  const columns = [errors, lost, gaveUp, twice, waiting, setAside, ...(part === "storm" ? [untold] : [])];
  const titles = columns.map(({ short }) => ` ${short.replace(" ", "-")}`);
  const highTitle = high === "p99Ms" ? "p99" : "max";
  const all = [...rows, ...beside];
  const saturated = saturatedSentence(all.map(({ saturatedShare }) => saturatedShare));
  // A column of one character, if there is something to mark.
  const markWidth = saturated === undefined ? 0 : 1;
  const room = " ".repeat(markWidth);
  return [
    `${" ".repeat(nameWidth)}ANSWERED  ${room}  DEVICE WORKS               of ${plan.customers * plan.runs}`,
    `${" ".repeat(nameWidth)} p50   ${highTitle}${room}   p50   ${highTitle}${titles.join("")}`,
    ...all.map(({ label, median, ledger, saturatedShare }) => {
      const time = (clock: ClockName, which: "p50Ms" | typeof high) => quantileText(median[clock], which);
      return [
        label.padEnd(nameWidth),
        time("response", "p50Ms").padStart(5),
        time("response", high).padStart(6),
        saturationMark(saturatedShare).padEnd(markWidth),
        time("activation", "p50Ms").padStart(6),
        time("activation", high).padStart(6),
        ...columns.map((column, at) => String(column.of(ledger)).padStart(titles[at]?.length ?? 0)),
      ].join("");
    }),
    ...(saturated === undefined ? [] : wrapped(saturated, width, "  ")),
  ];
}

// Nine rates and a name fill 80 columns.
const cellWidth = 7;
const sweptNameWidth = 17;

/** Both clocks' medians by arrival rate; `*` for a rate that was not steady. */
function sweepLines({ plan, rows }: SweepView): string[] {
  const rates = plan.phases.map(({ perSecond }) => perSecond);
  const line = (name: string, cells: readonly string[]) =>
    `${name.padEnd(sweptNameWidth)}${cells.map((cell) => cell.padStart(cellWidth)).join("")}`.slice(0, width);
  return [
    line("PER SECOND", rates.map(String)),
    ...rows.flatMap(({ label, points }) => {
      const byRate = (clock: ClockName) =>
        rates.map((rate) => {
          const point = points.find(({ perSecond }) => perSecond === rate);
          return point ? `${quantileText(point[clock], "p50Ms")}${point.steady ? "" : "*"}` : "";
        });
      return [
        line(`${label.padEnd(nameWidth)}answer`, byRate("response")),
        line(`${" ".repeat(nameWidth)}works`, byRate("activation")),
      ];
    }),
    "(p50; * no steady state: more came than was done)",
  ];
}

const sentenceLines = (word: string, text: string) =>
  wrapped(`${word.padEnd(7)} ${text}`, width, " ".repeat(8));
