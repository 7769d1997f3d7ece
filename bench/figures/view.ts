import type { Limit } from "#shared/limit.ts";
import type {
  ChapterResult,
  ClosedLoopResult,
  Discarded,
  LedgerEntries,
  Plan,
  Quantiles,
  Results,
  Run,
  Runs,
  SweepPlan,
  SweepPoint,
} from "#shared/results.ts";
import type { Weather } from "#shared/vendor-simulator/weather.ts";
import { accountNote } from "../plan/rows.ts";
import { trialParts } from "../plan/rows.ts";
import type { TrialPart } from "../plan/rows.ts";
import { contradictionsOfDay } from "./contradiction.ts";
import { unheardIn } from "./promises.ts";
import { median } from "./statistics.ts";

/** From the request to the answer, and from the request to the working device. */
export type ClockName = "response" | "activation";

/** What a benchmark measures: rows that run a plan, or the sweep. */
export type Part = TrialPart | "sweep";

/** A benchmark's findings, computed once: the screen, the report, the READMEs, the charts and the deck all read this. */
export interface ResultsView extends Omit<Results, "chapters" | "plans" | "limits"> {
  /** The raw results, for a page that contains all of them. */
  results: Results;
  /** Every row in order, whatever was measured of it. */
  rows: readonly Pick<ChapterResult, "id" | "chapter" | "label" | "weather">[];
  /** Each plan that at least one row ran, in the order of the screen: day, storm, outage, rush, kills. */
  trials: Partial<Record<TrialPart, TrialView>>;
  sweep: SweepView | undefined;
  /** The highest rate at which each keeps a promise. Empty if none was searched for. */
  limits: readonly Limit[];
  closedLoops: readonly (ClosedLoopResult & Pick<ChapterResult, "label">)[];
  /** Why figures are not reliable. Empty if all are. */
  doubts: readonly Doubt[];
  /** What was repeated at once because it was unreliable. */
  repeats: readonly Repeat[];
  /** The most calls that the vendor can serve in a second. */
  vendorPerSecond: number;
  /** Whether a row was measured on an AWS account, not on this machine. */
  onAccount: boolean;
}

/** A plan and the rows that ran it. */
export interface TrialView {
  part: TrialPart;
  plan: Plan;
  /** How long customers come. */
  arrivalSeconds: number;
  /** The times of the kills, in order. */
  killsAtSeconds: readonly number[];
  /** When the vendor is down. Undefined if it never is. */
  outage: { fromSecond: number; toSecond: number } | undefined;
  /** How many messages are ordered to be delivered twice. */
  sentTwice: number;
  rows: readonly RowView[];
  /** The high quantile to show beside the median: with too few samples, a p99 would just be the maximum. */
  high: "p99Ms" | "maxMs";
}

/** A row in one plan. */
export interface RowView extends Pick<ChapterResult, "id" | "chapter" | "label" | "closedLoop"> {
  runs: readonly Run[];
  /** The first run, where only one can be shown. */
  run: Run;
  /** Medians over the runs. Where one never finished, the first run says how long it was watched. */
  median: Record<ClockName, Quantiles>;
  range: Runs["range"];
  /** The slowest that finished in any run, and all that never did. */
  across: Record<ClockName, Pick<Quantiles, "never" | "slowestFinishedMs" | "watchedMs">>;
  /** Sums over the runs. */
  ledger: LedgerEntries;
  /** Healthy devices that were set aside before the redrive, in all runs. */
  healthySetAside: number;
  /** The most messages that waited at any moment of any run. */
  longestBacklog: number;
  /** Vendor calls whose answer the caller never got, in all runs. */
  unheard: number;
  /** How often its database had no connection left, in all runs. Undefined if it has no database of its own. */
  connectionsRefused: number | undefined;
  /** How busy the machine was at most, if answers had to wait for it. Otherwise undefined. */
  saturatedShare: number | undefined;
}

/** The arrival rates one after the other, and how each row coped. */
export interface SweepView {
  plan: SweepPlan;
  rows: readonly SweptRow[];
}

export interface SweptRow extends Pick<ChapterResult, "id" | "chapter" | "label"> {
  /** By arrival rate, the lowest first. */
  points: readonly SweepPoint[];
  bend: Bend;
}

/** Up to which arrival rate a row keeps up. */
export interface Bend {
  /** The highest steady rate below the first unsteady one. Undefined: none is steady. */
  steadyUpTo: number | undefined;
  /** The first unsteady rate. Undefined: all are steady. */
  overFrom: number | undefined;
  /** Whether customers get errors there. Otherwise they wait. */
  fails: boolean;
}

/** A reason not to trust a figure. */
export interface Doubt {
  part: Part;
  chapter: string;
  /** Begins with the row's label: "02 ticket: the machine slept". */
  reason: string;
}

/** A trial, or one rate of a sweep, with discarded attempts. */
export interface Repeat {
  part: Part;
  chapter: string;
  /** "02 ticket, storm 2", "02 ticket at 90 a second". */
  name: string;
  discarded: readonly Discarded[];
}

/** Computes everything that readers need. What was not measured is absent. */
export function viewOf(results: Results): ResultsView {
  const { chapters, plans, limits = [], ...rest } = results;
  const trials: ResultsView["trials"] = {};
  for (const part of trialParts) {
    const plan = plans[part];
    const rows = chapters.flatMap((row) => (row[part] ? [rowView(row, row[part])] : []));
    if (plan !== undefined && rows.length > 0) {
      trials[part] = trialView(part, plan, rows);
    }
  }
  const swept = chapters.flatMap(({ id, chapter, label, sweep = [] }): SweptRow[] =>
    sweep.length === 0 ? [] : [{ id, chapter, label, points: sweep, bend: bendOf(sweep) }],
  );
  return {
    ...rest,
    results,
    rows: chapters,
    trials,
    sweep: plans.sweep && swept.length > 0 ? { plan: plans.sweep, rows: swept } : undefined,
    closedLoops: chapters.flatMap(({ label, closedLoop }) => (closedLoop ? [{ label, ...closedLoop }] : [])),
    limits,
    doubts: doubtsAbout(chapters),
    repeats: chapters
      .flatMap(tries)
      .flatMap(({ reasons: _ofTheLast, discarded = [], ...which }) =>
        discarded.length > 0 ? [{ ...which, discarded }] : [],
      ),
    vendorPerSecond: vendorPerSecond(results.weather),
    onAccount: results.notes.some((note) => note.startsWith(accountNote)),
  };
}

function trialView(part: TrialPart, plan: Plan, rows: readonly RowView[]): TrialView {
  const { customers, everyNthTwice, events, phases } = plan;
  const [begins, ends] = (["outage-begins", "outage-ends"] as const).map(
    (does) => events.find((event) => event.does === does)?.atMs,
  );
  return {
    part,
    plan,
    arrivalSeconds: phases.reduce((sum, { seconds }) => sum + seconds, 0),
    killsAtSeconds: events.filter(({ does }) => does.startsWith("kill")).map(({ atMs }) => atMs / 1_000),
    outage:
      begins === undefined || ends === undefined
        ? undefined
        : { fromSecond: begins / 1_000, toSecond: ends / 1_000 },
    sentTwice: everyNthTwice === 0 ? 0 : Math.floor(customers / everyNthTwice),
    rows,
    high: rows.every(({ median: { response, activation } }) =>
      [response, activation].every(({ p99Ms }) => p99Ms !== undefined),
    )
      ? "p99Ms"
      : "maxMs",
  };
}

function rowView(row: ChapterResult, { runs, median: medians, range }: Runs): RowView {
  // The schema guarantees at least one run.
  const [run] = runs as [Run];
  const { id, chapter, label, closedLoop } = row;
  const refused = runs.flatMap(({ connectionsRefused }) => connectionsRefused ?? []);
  const quantilesOf = (clock: ClockName): Quantiles => {
    const { p99Ms: _ofOneRun, ...first } = run[clock];
    return { ...first, p90Ms: median(runs.map((each) => each[clock].p90Ms)), ...medians[clock] };
  };
  return {
    id,
    chapter,
    label,
    ...(closedLoop && { closedLoop }),
    runs,
    run,
    median: { response: quantilesOf("response"), activation: quantilesOf("activation") },
    range,
    across: { response: acrossRuns(runs, "response"), activation: acrossRuns(runs, "activation") },
    ledger: sumOf(runs),
    healthySetAside: runs.reduce((sum, { beforeRedrive }) => sum + (beforeRedrive?.healthy ?? 0), 0),
    longestBacklog: Math.max(0, ...runs.flatMap(({ samples }) => samples.map(({ visible }) => visible))),
    saturatedShare: saturatedShareOf(runs),
    unheard: runs.reduce((sum, each) => sum + unheardIn(each), 0),
    connectionsRefused: refused.length === 0 ? undefined : refused.reduce((sum, count) => sum + count, 0),
  };
}

// If two cores are busy for a share s of the time, an answer takes 1 / (1 - s * s) times as long as on idle ones (a queue with two
// servers, M/M/2): twice at 70 %, 3.6 times at 85 %. From there on a little more load changes every time.
const saturatedFrom = 0.85;

/** How busy the machine was at most in any of these, if that is too much for their response times. Otherwise undefined. */
export function saturatedShareOf(measured: readonly Pick<Run, "processor">[]): number | undefined {
  const most = Math.max(0, ...measured.map(({ processor }) => processor?.busiestShare ?? 0));
  return most < saturatedFrom ? undefined : most;
}

function acrossRuns(runs: readonly Run[], clock: ClockName): RowView["across"][ClockName] {
  const all = runs.map((run) => run[clock]);
  const slowest = all.flatMap(({ slowestFinishedMs }) => slowestFinishedMs ?? []);
  const watched = all.flatMap(({ watchedMs }) => watchedMs ?? []);
  return {
    never: all.reduce((sum, { never }) => sum + never, 0),
    ...(slowest.length > 0 && { slowestFinishedMs: Math.max(...slowest) }),
    ...(watched.length > 0 && { watchedMs: Math.max(...watched) }),
  };
}

function sumOf(runs: readonly Run[]): LedgerEntries {
  const [first, ...others] = runs.map(({ ledger }) => ledger);
  const sums = { ...(first as LedgerEntries) };
  for (const other of others) {
    for (const entry of Object.keys(sums) as (keyof LedgerEntries)[]) {
      sums[entry] += other[entry];
    }
  }
  return sums;
}

// The share of errors that a steady point may have.
const errorsAllowed = 0.01;

function bendOf(points: readonly SweepPoint[]): Bend {
  const at = points.findIndex(({ steady }) => !steady);
  const over = points[at];
  return {
    steadyUpTo: (over === undefined ? points.at(-1) : points[at - 1])?.perSecond,
    overFrom: over?.perSecond,
    fails: over !== undefined && over.errors > errorsAllowed * over.response.count,
  };
}

// The 99th percentile of the normal distribution.
const normalP99 = 2.326;

/** Its simultaneous calls divided by their mean, which for log-normal delays is more than their median. */
function vendorPerSecond({ capacity, medianMs, p99Ms }: Weather): number {
  const sigma = Math.log(p99Ms / medianMs) / normalP99;
  return (capacity * 1_000) / (medianMs * Math.exp(sigma ** 2 / 2));
}

/** Why figures of these rows are not reliable: the runs' own doubts, and contradictions between a row's two loops. */
export function doubtsAbout(chapters: readonly ChapterResult[]): Doubt[] {
  return chapters.flatMap((row) => [
    ...tries(row).flatMap(({ part, chapter, name, reasons }) =>
      reasons.map((reason) => ({ part, chapter, reason: `${name}: ${reason}` })),
    ),
    ...loopsOf(row),
  ]);
}

/** The first one only: the other days would say the same. */
function loopsOf({ chapter, label, day, closedLoop }: ChapterResult): Doubt[] {
  const found = closedLoop && day?.runs.flatMap((run) => contradictionsOfDay(run, closedLoop));
  return (found ?? []).slice(0, 1).map((reason) => ({ part: "day", chapter, reason: `${label}: ${reason}` }));
}

/** All trials and rates of a row, each with its name. */
function tries(row: ChapterResult): (Omit<Repeat, "discarded"> & Pick<Run, "reasons" | "discarded">)[] {
  const { chapter } = row;
  return [
    ...trialParts.flatMap((part) => {
      const runs = row[part]?.runs ?? [];
      return runs.map(({ reasons, discarded }, at) => {
        const which = runs.length > 1 ? `, ${part} ${at + 1}` : "";
        return { part, chapter, name: `${row.label}${which}`, reasons, discarded };
      });
    }),
    ...(row.sweep ?? []).map(({ perSecond, reasons, discarded }) => ({
      part: "sweep" as const,
      chapter,
      name: `${row.label} at ${perSecond} a second`,
      reasons,
      discarded,
    })),
  ];
}
