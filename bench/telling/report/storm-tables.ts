import type { LedgerEntries, Quantiles, Results, Run, Runs } from "#shared/results.ts";
import { capitalized, duration, quantileText, spoken } from "../format.ts";
import { measuredRows } from "../../figures/medians.ts";
import { planOf } from "../plan-words.ts";
import type { TrialPart } from "../../plan/rows.ts";
import type { TableData } from "./html.ts";

type Clock = "response" | "activation";
type Figure = "p50Ms" | "p99Ms" | "maxMs";

const errorsOf = ({ rejected, failed, unanswered }: LedgerEntries) => rejected + failed + unanswered;
const counts: readonly { title: string; of: (entries: LedgerEntries) => number }[] = [
  { title: "Error", of: errorsOf },
  { title: "Lost", of: ({ lost }) => lost },
  { title: "Twice", of: ({ doubled }) => doubled },
  { title: "Gave up", of: ({ gaveUp }) => gaveUp },
  { title: "Set aside", of: ({ deadLettered }) => deadLettered },
  { title: "Waiting", of: ({ waiting }) => waiting },
  { title: "Never told", of: ({ orphaned }) => orphaned },
];

/** One row for each chapter: both clocks and every price; with the range where there were several storms. */
export function scoreboardTable(results: Results, part: TrialPart = "storm"): TableData {
  const { runs, customers, name: what } = planOf(results, part);
  const rows = measuredRows(results, part);
  // A p99 of too few customers would be the slowest one under another name.
  const high = rows.every(({ median }) => median.response.p99Ms !== undefined) ? "p99Ms" : "maxMs";
  const name = high === "p99Ms" ? "p99" : "max";
  return {
    caption:
      runs > 1
        ? `Medians and sums of ${runs} runs of ${customers} customers each; small: the least and the most`
        : `${capitalized(what)}, once, with ${customers} customers`,
    head: [
      "Chapter",
      ...["Answered", "Works"].flatMap((clock) => [`${clock} p50`, `${clock} ${name}`]),
      ...counts.map(({ title }) => title),
    ],
    rows: rows.map((row) => [
      row.label,
      timeCell(row, "response", "p50Ms"),
      timeCell(row, "response", high),
      timeCell(row, "activation", "p50Ms"),
      timeCell(row, "activation", highOf(row, high)),
      ...counts.map(({ of }) => countCell(row.runs, of)),
    ]),
  };
}

/** Fewer were accepted than asked: it may be that only the slowest of those can be told. */
const highOf = ({ median }: Runs, high: Figure): Figure =>
  median.activation.p99Ms === undefined ? "maxMs" : high;

function timeCell({ runs, median, range }: Runs, clock: Clock, figure: Figure): string {
  const [first] = runs;
  if (first === undefined) {
    return "-";
  }
  // What never finished: the first run says whether somebody was still at work on it.
  const words = (ms: number | null | undefined) =>
    quantileText({ ...first[clock], [figure]: ms ?? null } as Quantiles, figure);
  const whole = words(median[clock][figure]);
  const [least, most] = (range[clock][figure] ?? [null, null]).map(words);
  return runs.length > 1 && least !== most ? `${whole}\n${withOneUnit(least, most)}` : whole;
}

/** "463 to 469ms": there is little room. */
function withOneUnit(least = "", most = ""): string {
  const unit = (text: string) => /m?s$/.exec(text)?.[0] ?? "";
  const isSame = !most.startsWith(">") && unit(least) === unit(most);
  return `${isSame ? least.slice(0, least.length - unit(least).length) : least} to ${most}`;
}

function countCell(runs: readonly Run[], of: (entries: LedgerEntries) => number): string {
  const each = runs.map(({ ledger }) => of(ledger));
  const sum = each.reduce((total, count) => total + count, 0);
  const [least, most] = [Math.min(...each), Math.max(...each)];
  return least === most && (runs.length === 1 || sum === 0) ? String(sum) : `${sum}\n${least} to ${most}`;
}

/** What lay aside right before the redrive, run by run; undefined if nothing did, or nothing was brought back. */
export function redriveTable(results: Results, part: TrialPart = "storm"): TableData | undefined {
  const rows = measuredRows(results, part).flatMap(({ label, runs }) => {
    const before = runs.flatMap(({ beforeRedrive }) => beforeRedrive ?? []);
    const each = (kind: "poison" | "healthy") => before.map((found) => found[kind]).join(", ");
    return before.some(({ poison, healthy }) => poison + healthy > 0)
      ? [[label, each("poison"), each("healthy")]]
      : [];
  });
  return rows.length === 0
    ? undefined
    : {
        caption: "In the dead-letter queue right before the redrive, run by run",
        head: ["Chapter", "Poison devices", "Healthy devices"],
        rows,
      };
}

/** Both clocks by arrival rate, and where there was no steady state. */
export function sweepTables({ chapters }: Results): TableData[] {
  return chapters.flatMap(({ label, sweep = [] }) =>
    sweep.length === 0 ? [] : [{ caption: label, head: sweepHead, rows: sweep.map(sweepRow) }],
  );
}

const shownQuantiles = ["p50Ms", "p90Ms", "maxMs"] as const;
const sweepHead = [
  "A second",
  ...["Answered", "Works"].flatMap((clock) => ["p50", "p90", "max"].map((which) => `${clock} ${which}`)),
  "Errors",
  "Unfinished",
  "State",
  "Sender late",
];

function sweepRow(point: NonNullable<Results["chapters"][number]["sweep"]>[number]): string[] {
  const { perSecond, response, activation, errors, unfinished, steady, sender } = point;
  return [
    String(perSecond),
    ...[response, activation].flatMap((clock) => shownQuantiles.map((which) => quantileText(clock, which))),
    `${errors} of ${response.count}`,
    String(unfinished),
    steady ? "steady" : "no steady state",
    sender.lateP99Ms === undefined
      ? `${spoken(sender.lateMaxMs)} (max)`
      : `${duration(sender.lateP99Ms)} (p99)`,
  ];
}
