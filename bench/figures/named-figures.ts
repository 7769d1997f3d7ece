import { quantileText, times } from "./format.ts";
import { ledgerColumns } from "./ledger-columns.ts";
import { trialParts } from "../plan/rows.ts";
import type { TrialPart } from "../plan/rows.ts";
import type { Clock, Part, ResultsView, RowView, TrialView } from "./view.ts";

/** One figure that a text may ask for by name. */
export interface NamedFigure {
  /** As it stands in a sentence: "13 ms", "37 times", "5". */
  text: string;
  /** For a comparison: milliseconds, a ratio, a count. What never finished is longer than anything. */
  value: number;
}

/** The name is none that there is. Its message lists the forms. */
class FigureError extends Error {
  override readonly name = "FigureError";
}

const rowName = String.raw`(?<row>\d\d(?:\+key)?|lab-[a-z]+(?:\+[a-z]+)?)`;
const partName = "(?<storm> storm| outage| rush)?";
const forms = {
  time: new RegExp(`^${rowName}${partName} (?<clock>answered|works) (?<which>p50|p99|max)$`),
  count: new RegExp(
    `^${rowName}${partName} (?<entry>sent|accepted|errors|lost|twice|gave up|waiting|set aside|untold|vendor calls|set aside before|longest backlog|refused connections)$`,
  ),
  ratio: new RegExp(`^${rowName} (?<ratio>sooner|works as late as 01)$`),
  bend: new RegExp(`^${rowName} (?<bend>steady up to|over from)$`),
  plan: /^(?<plan>day|storm|outage|rush) (?<of>customers|seconds|runs|kills|poison|sent twice|outage seconds)$/,
  vendor: /^(?<vendor>vendor per second|vendor median|vendor capacity)$/,
};
const known =
  "`02 answered p50` (or works; p99, max), `02 storm lost` (or errors, twice, gave up, waiting, set aside, untold, " +
  "vendor calls, accepted, sent), `lab-retries outage set aside before` (or longest backlog; rush refused connections), `02 sooner`, `02 works as late as 01`, `03 steady up to`, `03 over from`, `day customers` (or " +
  "storm; seconds, runs, kills, poison, sent twice, outage seconds), `vendor median` (or capacity, per second)";

/** Which part of the results a name belongs to. Throws a `FigureError` for a name that there is not. */
export function partOf(name: string): Part {
  const { storm, plan, bend } = read(name);
  return bend === undefined ? partNamed(storm ?? plan) : "sweep";
}

/** A figure of these results; undefined if it was not measured. Throws a `FigureError` for a name that there is not. */
export function figureOf(view: ResultsView, name: string): NamedFigure | undefined {
  const { row: id, storm, clock, which, entry, ratio, bend, of, plan, vendor } = read(name);
  if (vendor !== undefined) {
    return vendorFigure(view, vendor);
  }
  if (plan !== undefined && of !== undefined) {
    return planFigure(view.trials[partNamed(plan)], of);
  }
  if (bend !== undefined) {
    const found = view.sweep?.rows.find((each) => each.id === id)?.bend;
    return plainNumber(bend === "over from" ? found?.overFrom : found?.steadyUpTo);
  }
  const rows = view.trials[partNamed(storm)]?.rows ?? [];
  const row = rows.find((each) => each.id === id);
  if (row === undefined) {
    return undefined;
  }
  if (entry !== undefined) {
    return plainNumber(countOf(row, entry));
  }
  if (ratio !== undefined) {
    return ratioOf(rows, row, ratio === "sooner" ? "response" : "activation");
  }
  return timeOf(row, clock === "works" ? "activation" : "response", `${which as "p50" | "p99" | "max"}Ms`);
}

const partNamed = (word = "day"): TrialPart => trialParts.find((part) => part === word.trim()) ?? "day";

function read(name: string): Record<string, string | undefined> {
  for (const form of Object.values(forms)) {
    const groups = form.exec(name)?.groups;
    if (groups !== undefined) {
      return groups;
    }
  }
  throw new FigureError(`Expected a figure such as ${known}, got \`${name}\``);
}

function timeOf({ median }: RowView, clock: Clock, which: "p50Ms" | "p99Ms" | "maxMs"): NamedFigure {
  // "13ms" is for tables; in a sentence the unit stands apart.
  const text = quantileText(median[clock], which)
    .replace(/(?=m?s$)/, " ")
    .replace(/^>/, "> ");
  return { text, value: median[clock][which] ?? Infinity };
}

function ratioOf(rows: readonly RowView[], row: RowView, clock: Clock): NamedFigure | undefined {
  const slow = rows.find(({ id }) => id === "01")?.median[clock].p50Ms ?? undefined;
  const own = row.median[clock].p50Ms;
  if (slow === undefined || own === null) {
    return undefined;
  }
  const value = clock === "response" ? slow / own : own / slow;
  // Two that are equal but for chance are "1.04 times", not once.
  return { text: clock === "response" ? times(value) : `${value.toFixed(2)} times`, value };
}

function countOf(
  { ledger, healthySetAside, longestBacklog, connectionsRefused }: RowView,
  entry: string,
): number {
  const { errors, lost, twice, gaveUp, waiting, setAside, untold } = ledgerColumns;
  const entries: Record<string, number> = {
    errors: errors.of(ledger),
    lost: lost.of(ledger),
    twice: twice.of(ledger),
    "gave up": gaveUp.of(ledger),
    waiting: waiting.of(ledger),
    "set aside": setAside.of(ledger),
    untold: untold.of(ledger),
    "vendor calls": ledger.vendorCalls,
    sent: ledger.sent,
    accepted: ledger.accepted,
    "set aside before": healthySetAside,
    "longest backlog": longestBacklog,
    "refused connections": connectionsRefused ?? 0,
  };
  return entries[entry] ?? 0;
}

function planFigure(trial: TrialView | undefined, of: string): NamedFigure | undefined {
  if (trial === undefined) {
    return undefined;
  }
  const { plan, arrivalSeconds, killsAtSeconds, outage, sentTwice } = trial;
  const figures: Record<string, number | undefined> = {
    customers: plan.customers,
    seconds: Math.round(arrivalSeconds),
    runs: plan.runs,
    kills: killsAtSeconds.length,
    poison: plan.poison.length,
    "sent twice": sentTwice,
    "outage seconds": outage && outage.toSecond - outage.fromSecond,
  };
  return plainNumber(figures[of]);
}

function vendorFigure({ weather, vendorPerSecond }: ResultsView, which: string): NamedFigure | undefined {
  const figures: Record<string, NamedFigure> = {
    "vendor median": { text: `${weather.medianMs} ms`, value: weather.medianMs },
    "vendor capacity": { text: String(weather.capacity), value: weather.capacity },
    "vendor per second": {
      text: String(Math.floor(vendorPerSecond)),
      value: vendorPerSecond,
    },
  };
  return figures[which];
}

const plainNumber = (value: number | undefined): NamedFigure | undefined =>
  value === undefined ? undefined : { text: value.toLocaleString("en-US"), value };
