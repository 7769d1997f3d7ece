import type { Limit, LimitProbe } from "#shared/limit.ts";
import type { LedgerEntries, ProcessorUse, Quantiles, Run } from "#shared/results.ts";
import { capitalized, counted, duration, quantileText, spoken, times } from "../../figures/format.ts";
import { ledgerColumns } from "../../figures/ledger-columns.ts";
import {
  brokeText,
  confidenceText,
  intervalText,
  limitSentences,
  promiseText,
  rateText,
} from "../../figures/limits.ts";
import { median } from "../../figures/statistics.ts";
import { compareRows } from "../../figures/comparison.ts";
import { saturatedShareOf } from "../../figures/view.ts";
import type { ClockName, ResultsView, RowView, SweptRow, TrialView } from "../../figures/view.ts";
import { saturatedSentence, saturationMark } from "../words.ts";

export interface TableData {
  caption: string;
  head: readonly string[];
  /** The first cell of a row names it. A cell's second line is in small letters. */
  rows: readonly (readonly string[])[];
  /** Its cells are words, not figures. */
  words?: boolean;
  /** Its titles are for screen readers only. */
  headless?: boolean;
}

const { errors, lost, twice, gaveUp, setAside, waiting, untold } = ledgerColumns;
const columns = [errors, lost, twice, gaveUp, setAside, waiting, untold];

const shownQuantiles = ["p50Ms", "p90Ms", "maxMs"] as const;
const quantileCells = (quantiles: Quantiles) => shownQuantiles.map((which) => quantileText(quantiles, which));
const marked = (cells: readonly string[], saturatedShare: number | undefined) =>
  cells.map((cell) => `${cell}${saturationMark(saturatedShare)}`);
/** The caption of a table whose response times may be marked. */
const captionOf = (words: string, saturatedShares: readonly (number | undefined)[]) =>
  [words, saturatedSentence(saturatedShares)].filter((part) => part !== undefined).join(". ");
const quantileTitles = ["Answered", "Works"].flatMap((clock) =>
  ["p50", "p90", "max"].map((which) => `${clock} ${which}`),
);

/** Both clocks of the first day. */
export function dayTable({ plan, rows }: TrialView): TableData {
  const first = plan.runs > 1 ? `, the first of ${plan.runs} runs` : "";
  return {
    caption: captionOf(
      `Both clocks${first}; of ${plan.customers} customers`,
      rows.map(({ run }) => saturatedShareOf([run])),
    ),
    head: ["Chapter", ...quantileTitles, "Day ended", "Sender late", "Machine busy"],
    rows: rows.map(({ label, run }) => [
      label,
      ...marked(quantileCells(run.response), saturatedShareOf([run])),
      ...quantileCells(run.activation),
      `${spoken(run.drain.endedMs)} (${run.drain.endedBy})`,
      spoken(run.sender.lateMaxMs),
      busyCell(run),
    ]),
  };
}

const busyCell = ({ processor }: Pick<Run, "processor">): string =>
  processor === undefined ? "-" : `${Math.round(100 * processor.busiestShare)} %`;

/** One row per chapter: both clocks and every cost, with the range if there were several runs. */
export function scoreboardTable({ plan, rows, high }: TrialView): TableData {
  const name = high === "p99Ms" ? "p99" : "max";
  return {
    caption: captionOf(
      plan.runs > 1
        ? `Medians and sums of ${plan.runs} runs of ${plan.customers} customers each; small: the least and the most`
        : `${capitalized(plan.name)}, once, with ${plan.customers} customers`,
      rows.map(({ saturatedShare }) => saturatedShare),
    ),
    head: [
      "Chapter",
      ...["Answered", "Works"].flatMap((clock) => [`${clock} p50`, `${clock} ${name}`]),
      ...columns.map(({ title }) => capitalized(title)),
    ],
    rows: rows.map((row) => [
      row.label,
      ...marked([timeCell(row, "response", "p50Ms"), timeCell(row, "response", high)], row.saturatedShare),
      timeCell(row, "activation", "p50Ms"),
      // Fewer were accepted than asked, so there may be too few for a p99 of the activation time.
      timeCell(row, "activation", row.median.activation.p99Ms === undefined ? "maxMs" : high),
      ...columns.map(({ of }) => countCell(row, of)),
    ]),
  };
}

function timeCell(
  { runs, median, range }: RowView,
  clock: ClockName,
  which: "p50Ms" | "p99Ms" | "maxMs",
): string {
  const words = (ms: number | null) => quantileText({ ...median[clock], [which]: ms }, which);
  const whole = quantileText(median[clock], which);
  const [least, most] = (range[clock][which] ?? [null, null]).map(words);
  return runs.length > 1 && least !== most ? `${whole}\n${withOneUnit(least, most)}` : whole;
}

/** "463 to 469ms": there is little room. */
function withOneUnit(least = "", most = ""): string {
  const unit = (text: string) => /m?s$/.exec(text)?.[0] ?? "";
  const isSame = !most.startsWith(">") && unit(least) === unit(most);
  return `${isSame ? least.slice(0, least.length - unit(least).length) : least} to ${most}`;
}

function countCell({ runs, ledger }: RowView, of: (entries: LedgerEntries) => number): string {
  const each = runs.map((run) => of(run.ledger));
  const [least, most] = [Math.min(...each), Math.max(...each)];
  const sum = of(ledger);
  return least === most && (runs.length === 1 || sum === 0) ? String(sum) : `${sum}\n${least} to ${most}`;
}

const entryTitles: Record<keyof LedgerEntries, string> = {
  sent: "Sent",
  accepted: "Accepted",
  repeated: "Repeated",
  rejected: "Rejected",
  failed: "Failed",
  unanswered: "Cut off",
  activated: "Works",
  waiting: capitalized(waiting.title),
  deadLettered: capitalized(setAside.title),
  gaveUp: capitalized(gaveUp.title),
  lost: capitalized(lost.title),
  orphaned: capitalized(untold.title),
  doubled: capitalized(twice.title),
  vendorCalls: "Vendor calls",
};

/** Every entry of the ledger. */
export function ledgerTable({ plan: { runs }, rows }: TrialView): TableData {
  const entries = Object.keys(entryTitles) as (keyof LedgerEntries)[];
  return {
    caption: runs > 1 ? `Sums of ${runs} runs` : "Counts of one run",
    head: ["Chapter", ...entries.map((entry) => entryTitles[entry])],
    rows: rows.map(({ label, ledger }) => [label, ...entries.map((entry) => String(ledger[entry]))]),
  };
}

const comparedClocks = [
  { title: "Answered p50", clock: "response" },
  { title: "Device works p50", clock: "activation" },
] as const;

/** Each chapter beside the one before it: the ratio of their medians, run by run, with a 95 % interval. */
export function comparisonTable({ part, plan: { runs }, rows }: TrialView): TableData {
  return {
    caption: `Neighbours compared over ${runs === 1 ? "one run" : `${runs} runs`} (${part})`,
    head: ["Chapter", ...comparedClocks.map(({ title }) => title)],
    words: true,
    rows: rows.slice(1).map((row, at) => {
      const before = rows[at] as RowView;
      return [
        `${row.label} after ${before.label}`,
        ...comparedClocks.map(({ clock }) => verdict(before, row, clock)),
      ];
    }),
  };
}

function verdict(before: RowView, after: RowView, clock: ClockName): string {
  const found = compareRows(before, after, clock);
  switch (found.verdict) {
    case "too few runs":
      return `no verdict: ${found.pairs} of the 3 pairs of runs that it takes`;
    case "no difference":
      return `no difference (${factor(found.low)} to ${factor(found.high)} times as long)`;
    case "longer":
      return `${times(found.ratio)} later (${factor(found.low)} to ${factor(found.high)})`;
    case "shorter":
      return `${times(1 / found.ratio)} sooner (${factor(1 / found.high)} to ${factor(1 / found.low)})`;
  }
}

const factor = (ratio: number) => (ratio < 9.5 ? ratio.toFixed(2) : String(Math.round(ratio)));

/** What was set aside right before the redrive, run by run. Undefined if nothing was, or there was no redrive. */
export function redriveTable(trial: TrialView): TableData | undefined {
  const rows = trial.rows.flatMap(({ label, runs }) => {
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

const processNames = [
  "sender",
  "benchmark",
  "api",
  "worker",
  "environments",
  "aws",
  "store",
  "vendor",
] as const;

const abbreviations: Readonly<Record<string, string>> = { api: "API", aws: "AWS" };

/** How busy the machine was, and by which processes. Undefined if it was not measured. */
export function processorTable({ rows }: TrialView): TableData | undefined {
  const lines = rows.flatMap(({ label, runs }) => {
    const seen = runs.flatMap(({ processor }) => processor ?? []);
    const middle = (of: (use: ProcessorUse) => number | undefined) => {
      const share = median(seen.flatMap((use) => of(use) ?? []));
      return share === null ? "-" : `${Math.round(100 * share)} %`;
    };
    return seen.length === 0
      ? []
      : [
          [
            label,
            middle(({ busyShare }) => busyShare),
            middle(({ busiestShare }) => busiestShare),
            ...processNames.map((name) => middle(({ ofOneCore }) => ofOneCore[name])),
          ],
        ];
  });
  return lines.length === 0
    ? undefined
    : {
        caption:
          "Processor while customers came, medians of the runs: all cores of the machine, the same in the busiest phase, " +
          "and of one core by process",
        head: [
          "Chapter",
          "Machine",
          "Busiest phase",
          ...processNames.map((name) => abbreviations[name] ?? capitalized(name)),
        ],
        rows: lines,
      };
}

/** Both clocks by arrival rate, and which rates were not steady. */
export function sweepTable({ label, points }: SweptRow): TableData {
  return {
    caption: captionOf(
      label,
      points.map((point) => saturatedShareOf([point])),
    ),
    head: ["A second", ...quantileTitles, "Errors", "Unfinished", "State", "Sender late", "Machine busy"],
    rows: points.map((point) => {
      const { perSecond, response, activation, errors: failed, unfinished, steady, sender } = point;
      return [
        String(perSecond),
        ...marked(quantileCells(response), saturatedShareOf([point])),
        ...quantileCells(activation),
        `${failed} of ${response.count}`,
        String(unfinished),
        steady ? "steady" : "no steady state",
        sender.lateP99Ms === undefined
          ? `${spoken(sender.lateMaxMs)} (max)`
          : `${duration(sender.lateP99Ms)} (p99)`,
        busyCell(point),
      ];
    }),
  };
}

/** Up to which rate each keeps its promise, and what it comes from. */
export function limitTable(limits: readonly Limit[]): TableData {
  return {
    caption: `In ${confidenceText(limits[0])} the limit is in the interval`,
    head: [
      "System",
      "Customers a second",
      "Broke first",
      "Why",
      "Done in a flood",
      "Probes, a second",
      "Took",
    ],
    words: true,
    rows: limits.map((limit) => [
      limit.label,
      intervalText(limit),
      brokeText(limit),
      [...limitSentences(limit), `${capitalized(promiseText(limit))}.`].join("\n"),
      limit.throughputPerSecond === undefined ? "-" : rateText(limit.throughputPerSecond),
      limit.probes.map(probeText).join(", "),
      spoken(limit.tookSeconds * 1_000),
    ]),
  };
}

const probeText = ({ perSecond, kept, doubt }: LimitProbe) =>
  `${rateText(perSecond)} ${kept ? "kept" : doubt === undefined ? "broken" : "in doubt"}`;

export function closedLoopTable(loops: ResultsView["closedLoops"]): TableData {
  const [first] = loops;
  return {
    caption: first ? `${first.connections} connections for ${first.seconds} s` : "Not measured in this run",
    head: ["Chapter", "p50", "p90", "p99", "max", "Answers", "Answers a second"],
    rows: loops.map(({ label, response, answersPerSecond }) => [
      label,
      ...(["p50Ms", "p90Ms", "p99Ms", "maxMs"] as const).map((which) => quantileText(response, which)),
      String(response.count),
      String(Math.round(answersPerSecond)),
    ]),
  };
}

export function machineTable(view: ResultsView): TableData {
  const { environment, command, overrides, weather, seed, rows, trustworthy } = view;
  const { machine, cores, memoryGiB, os, node, commit, dirty } = environment;
  const from = commit === null ? "unknown" : `${commit.slice(0, 12)}${dirty === true ? " and changes" : ""}`;
  const own = rows.filter((row) => Object.keys(row.weather).length > 0);
  return {
    caption: "What it was measured on, and with",
    head: ["What", "Value"],
    words: true,
    headless: true,
    rows: [
      ["Command", command],
      ["Seed", String(seed)],
      ["Commit", from],
      ["Machine", `${machine}, ${counted(cores, "core")}, ${memoryGiB} GiB`],
      ["System", os],
      ["Node", node],
      ["Template overrides", values(overrides) || "none"],
      ["Weather", values(weather)],
      ...own.map((row) => [`Weather of ${row.label}`, values(row.weather)]),
      ["Trustworthy", trustworthy ? "yes" : "no, see above"],
    ],
  };
}

const values = (all: object) =>
  Object.entries(all)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");

/** What the tables' words mean. */
export const meaningTable: TableData = {
  caption: "What is counted",
  head: ["Word", "Meaning"],
  words: true,
  headless: true,
  rows: [
    ...columns.map(({ title, means }) => [capitalized(title), means]),
    ["never, > 8s", "it will never be finished; still unfinished after 8 s"],
    ["Sender late", "how long after its moment a request was sent, at worst or in 99 of 100 cases"],
  ],
};

/** The first day of a row, customer by customer. */
export function customerTable({ label, run }: RowView): TableData {
  const ms = (value: number | null) => (value === null ? "-" : `${(value / 1_000).toFixed(3)} s`);
  return {
    caption: label,
    head: ["Customer", "Came", "Answered", "Works", "Outcome", "In the end", "Provisioned"],
    rows: run.customers.map((customer) => [
      customer.poison ? `${customer.customerId} (poison)` : customer.customerId,
      ms(customer.startMs),
      ms(customer.answeredMs),
      ms(customer.activeMs),
      customer.outcome,
      customer.fate,
      String(customer.provisionedCount),
    ]),
  };
}
