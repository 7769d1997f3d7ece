import { quantileText, times } from "./format.ts";
import { ledgerColumns } from "./ledger-columns.ts";
import { trialParts } from "../plan/rows.ts";
import type { TrialPart } from "../plan/rows.ts";
import type { ClockName, Part, ResultsView, RowView, TrialView } from "./view.ts";

/** A figure that texts can use by name. */
export interface NamedFigure {
  /** As in a sentence: "13 ms", "37 times", "5". */
  text: string;
  /** For comparisons: milliseconds, a ratio, a count. What never finished is longer than anything. */
  value: number;
}

/** There is no figure of this name. The message lists the possible forms. */
class FigureError extends Error {
  override readonly name = "FigureError";
}

const { errors, lost, twice, gaveUp, waiting, setAside, untold } = ledgerColumns;

const counts: Record<string, (row: RowView) => number> = {
  sent: ({ ledger }) => ledger.sent,
  accepted: ({ ledger }) => ledger.accepted,
  errors: ({ ledger }) => errors.of(ledger),
  lost: ({ ledger }) => lost.of(ledger),
  twice: ({ ledger }) => twice.of(ledger),
  "gave up": ({ ledger }) => gaveUp.of(ledger),
  waiting: ({ ledger }) => waiting.of(ledger),
  "set aside": ({ ledger }) => setAside.of(ledger),
  untold: ({ ledger }) => untold.of(ledger),
  "vendor calls": ({ ledger }) => ledger.vendorCalls,
  "set aside before": ({ healthySetAside }) => healthySetAside,
  "longest backlog": ({ longestBacklog }) => longestBacklog,
  "refused connections": ({ connectionsRefused = 0 }) => connectionsRefused,
};

const planFacts: Record<string, (trial: TrialView) => number | undefined> = {
  customers: ({ plan }) => plan.customers,
  seconds: ({ arrivalSeconds }) => Math.round(arrivalSeconds),
  runs: ({ plan }) => plan.runs,
  kills: ({ killsAtSeconds }) => killsAtSeconds.length,
  poison: ({ plan }) => plan.poison.length,
  "sent twice": ({ sentTwice }) => sentTwice,
  "outage seconds": ({ outage }) => outage && outage.toSecond - outage.fromSecond,
};

const vendorFacts: Record<string, (view: ResultsView) => NamedFigure> = {
  median: ({ weather: { medianMs } }) => ({ text: `${medianMs} ms`, value: medianMs }),
  capacity: ({ weather: { capacity } }) => ({ text: String(capacity), value: capacity }),
  "per second": ({ vendorPerSecond: value }) => ({ text: String(Math.floor(value)), value }),
};

const oneOf = (facts: object) => Object.keys(facts).join("|");
const row = String.raw`(?<row>\d\d(?:\+key)?|lab-[a-z]+(?:\+[a-z]+)?)`;
// Without a part, the day is meant.
const rowInPart = `${row}(?: (?<part>storm|outage|rush|kills))?`;
const forms = [
  `${rowInPart} (?<clock>answered|works) (?<which>p50|p99|max)`,
  `${rowInPart} (?<count>${oneOf(counts)})`,
  `${row} (?<ratio>sooner|works as late as 01)`,
  `${row} (?<bend>steady up to|over from)`,
  `(?<part>${trialParts.join("|")}) (?<fact>${oneOf(planFacts)})`,
  `vendor (?<vendor>${oneOf(vendorFacts)})`,
].map((form) => new RegExp(`^${form}$`));
const known =
  "`02 answered p50` (or works; p99, max), `02 storm lost` (or errors, twice, gave up, waiting, set aside, untold, " +
  "vendor calls, accepted, sent), `lab-retries outage set aside before` (or longest backlog; rush refused connections; kills twice), `02 sooner`, `02 works as late as 01`, `03 steady up to`, `03 over from`, `day customers` (or " +
  "storm; seconds, runs, kills, poison, sent twice, outage seconds), `vendor median` (or capacity, per second)";

function read(name: string): Record<string, string | undefined> & { part: TrialPart } {
  for (const form of forms) {
    const groups = form.exec(name)?.groups;
    if (groups !== undefined) {
      return { ...groups, part: trialParts.find((part) => part === groups["part"]) ?? "day" };
    }
  }
  throw new FigureError(`Expected a figure such as ${known}, got \`${name}\``);
}

/** The part of the results that a name refers to. Throws a `FigureError` if there is no such figure. */
export function partOf(name: string): Part {
  const { bend, part } = read(name);
  return bend === undefined ? part : "sweep";
}

/** A figure of these results. Undefined if it was not measured. Throws a `FigureError` if there is no such figure. */
export function figureOf(view: ResultsView, name: string): NamedFigure | undefined {
  const { row: id, part, clock, which, count, ratio, bend, fact, vendor } = read(name);
  const trial = view.trials[part];
  if (vendor !== undefined) {
    return vendorFacts[vendor]?.(view);
  }
  if (fact !== undefined) {
    return plainNumber(trial && planFacts[fact]?.(trial));
  }
  if (bend !== undefined) {
    const found = view.sweep?.rows.find((swept) => swept.id === id)?.bend;
    return plainNumber(bend === "over from" ? found?.overFrom : found?.steadyUpTo);
  }
  const found = trial?.rows.find((each) => each.id === id);
  if (trial === undefined || found === undefined) {
    return undefined;
  }
  if (count !== undefined) {
    return plainNumber(counts[count]?.(found));
  }
  if (ratio !== undefined) {
    return ratioOf(trial, found, ratio === "sooner" ? "response" : "activation");
  }
  return timeOf(found, clock === "works" ? "activation" : "response", `${which as "p50" | "p99" | "max"}Ms`);
}

function timeOf({ median }: RowView, clock: ClockName, which: "p50Ms" | "p99Ms" | "maxMs"): NamedFigure {
  // "13ms" is for tables; in a sentence there is a space before the unit.
  const text = quantileText(median[clock], which)
    .replace(/(?=m?s$)/, " ")
    .replace(/^>/, "> ");
  return { text, value: median[clock][which] ?? Infinity };
}

function ratioOf({ rows }: TrialView, { median }: RowView, clock: ClockName): NamedFigure | undefined {
  const slow = rows.find(({ id }) => id === "01")?.median[clock].p50Ms ?? undefined;
  const own = median[clock].p50Ms;
  if (slow === undefined || own === null) {
    return undefined;
  }
  const value = clock === "response" ? slow / own : own / slow;
  // Nearly equal ones are "1.04 times", not once.
  return { text: clock === "response" ? times(value) : `${value.toFixed(2)} times`, value };
}

const plainNumber = (value: number | undefined): NamedFigure | undefined =>
  value === undefined ? undefined : { text: value.toLocaleString("en-US"), value };
