import type { ChapterResult, LedgerEntries, Plan, Quantiles, Results } from "#shared/results.ts";
import { counted, quantileText, spoken } from "../format.ts";
import { measuredRows } from "../../figures/medians.ts";
import { planOf } from "../plan-words.ts";
import type { TableData } from "./html.ts";
import type { TrialPart } from "../../plan/rows.ts";

const quantileCells = (quantiles: Quantiles) =>
  (["p50Ms", "p90Ms", "maxMs"] as const).map((which) => quantileText(quantiles, which));

const runsText = ({ runs }: Plan) => (runs > 1 ? `, the first of ${runs} runs` : "");

export function dayTable(results: Results): TableData {
  return {
    caption: `Both clocks${runsText(planOf(results))}; of ${planOf(results).customers} customers`,
    head: [
      "Chapter",
      ...["p50", "p90", "max"].map((which) => `Answered ${which}`),
      ...["p50", "p90", "max"].map((which) => `Works ${which}`),
      "Day ended",
      "Sender late",
    ],
    rows: measuredRows(results).map(({ label, run }) => [
      label,
      ...quantileCells(run.response),
      ...quantileCells(run.activation),
      `${spoken(run.drain.endedMs)} (${run.drain.endedBy})`,
      spoken(run.sender.lateMaxMs),
    ]),
  };
}

const entryNames: Record<keyof LedgerEntries, string> = {
  sent: "Sent",
  accepted: "Accepted",
  repeated: "Repeated",
  rejected: "Rejected",
  failed: "Failed",
  unanswered: "Cut off",
  activated: "Works",
  waiting: "Waiting",
  deadLettered: "Set aside",
  gaveUp: "Gave up",
  lost: "Lost",
  orphaned: "Never told",
  doubled: "Twice",
  vendorCalls: "Vendor calls",
};

export function ledgerTable(results: Results, which: TrialPart = "day"): TableData {
  const entries = Object.keys(entryNames) as (keyof LedgerEntries)[];
  const { runs } = planOf(results, which);
  return {
    caption: runs > 1 ? `Sums of ${runs} runs` : "Counts of one run",
    head: ["Chapter", ...entries.map((entry) => entryNames[entry])],
    rows: measuredRows(results, which).map(({ label, ledger }) => [
      label,
      ...entries.map((entry) => String(ledger[entry])),
    ]),
  };
}

export function closedLoopTable({ chapters }: Results): TableData {
  const [first] = chapters.flatMap((row) => row.closedLoop ?? []);
  return {
    caption: first ? `${first.connections} connections for ${first.seconds} s` : "Not measured in this run",
    head: ["Chapter", "p50", "p90", "p99", "max", "Answers", "Answers a second"],
    rows: chapters.flatMap(({ label, closedLoop }) => {
      if (!closedLoop) {
        return [];
      }
      const { response, answersPerSecond } = closedLoop;
      const [p50 = "", p90 = "", max = ""] = quantileCells(response);
      const p99 = quantileText(response, "p99Ms");
      return [[label, p50, p90, p99, max, String(response.count), String(Math.round(answersPerSecond))]];
    }),
  };
}

export function machineTable(results: Results): TableData {
  const { environment, command, overrides, weather, seed, chapters, trustworthy } = results;
  const { machine, cores, memoryGiB, os, node, commit, dirty } = environment;
  const from = commit === null ? "unknown" : `${commit.slice(0, 12)}${dirty === true ? " and changes" : ""}`;
  const own = chapters.filter((row) => Object.keys(row.weather).length > 0);
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

export function customerTable({ label, day }: ChapterResult): TableData {
  const ms = (value: number | null) => (value === null ? "-" : `${(value / 1_000).toFixed(3)} s`);
  return {
    caption: label,
    head: ["Customer", "Came", "Answered", "Works", "Outcome", "In the end", "Provisioned"],
    rows: (day?.runs[0]?.customers ?? []).map((customer) => [
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
