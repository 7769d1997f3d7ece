import { duration, wrapped } from "../figures/format.ts";
import type { Assumed } from "./assumptions.ts";
import type { Times } from "./crowd.ts";
import type { Outcome } from "./scenarios.ts";

const columns = 80;
const [rateWidth, variantWidth] = [6, 9];
const widths = [5, 4, 6, 6, 7, 7, 7, 6, 6];

const rowHead = (rate: string, variant: string) =>
  `${rate.padStart(rateWidth)} ${variant.padEnd(variantWidth)}`;
const lineOf = (head: string, cells: readonly string[]) =>
  [head, ...cells.map((cell, at) => cell.padStart(widths[at] ?? 0))].join(" ");

/** What is printed before all, since the first rows of millions let you wait. */
export function intro(rates: readonly number[], { seconds }: Assumed): string[] {
  const millions = Math.round((Math.max(...rates) * seconds) / 1e6);
  const wait = millions < 10 ? "" : ` A row of ${millions} million customers can take a minute.`;
  return wrapped(
    `Simulates ${seconds.toLocaleString("en-US")} s of customers on the design of 08, and the time after it until nothing is left.${wait}`,
    columns,
    "",
  );
}

/** The lines above the rows. */
export const header = [
  "                   ANSWERED  DEVICE WORKS BACKLOG   EMPTY DELETED    SET    $ A",
  lineOf(rowHead("A SEC.", "VARIANT"), [
    "p50",
    "AWAY",
    "p50",
    "p99",
    "AT END",
    "AFTER",
    "BY AGE",
    "ASIDE",
    "MONTH",
  ]),
];

/** One outcome in one line of at most 80 columns. */
export function rowOf({ perSecond, variant, grown, growth, monthDollars }: Outcome): string {
  const { works, sent, emptyAtMs, backlog, expired, setAside, front } = grown;
  const { answered } = front;
  const within = (times: Times, share: number, of: number) => {
    const ms = times.quantile(share, of);
    return ms === null ? "never" : long(ms);
  };
  return lineOf(rowHead(perSecond.toLocaleString("en-US"), variant), [
    within(answered, 0.5, answered.count),
    percent(1 - answered.count / (perSecond * growth.seconds)),
    within(works, 0.5, sent),
    within(works, 0.99, sent),
    short(backlog),
    long(Math.max(emptyAtMs - growth.seconds * 1_000, 0)),
    short(expired),
    short(setAside),
    short(monthDollars),
  ]);
}

/** What bends in each row, the first one first. */
function bendLines(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap(({ perSecond, variant, over, grown }) => {
    const each = over.map(({ what, times, fromMs }) => {
      const from = fromMs < 1_000 ? "" : ` after ${long(fromMs)}`;
      return `${what} ${times < 1.05 ? "full" : `${ratio(times)}x`}${from}`;
    });
    if (grown.unwritten > 0) {
      each.push(`${short(grown.unwritten)} unwritten`);
    }
    const head = `${rowHead(perSecond.toLocaleString("en-US"), variant)} `;
    return hanging(head, each.length === 0 ? "nothing" : each.join(", "));
  });
}

/** The whole screen except its notes. */
export const screenOf = (outcomes: readonly Outcome[]): string[] => [
  ...header,
  ...outcomes.map(rowOf),
  "",
  "WHAT BENDS, IN THE ORDER OF TIME",
  ...bendLines(outcomes),
];

/** What has to be known to read the figures. */
export function notes({ polls, hours, retention, inflight, first, more }: Assumed): string[] {
  const meanings = {
    "all grows": "the vendor, BatchSize and MaximumConcurrency fit the load",
    pollers: "the same in provisioned mode",
    template: "08 as it is, but without its throttle of 200 requests a second",
    "no limit": "08 without MaximumConcurrency",
    away: "customers who get a 429 or a 503 instead of a ticket; they don't come back",
    "device works": "from the request, over all messages; `never`: too few devices ever work",
    backlog: "messages left when the last customer has come; empty so long after that",
    "by age": `SQS deletes a message after ${retention} days`,
    "set aside": "in the dead-letter queue",
    nothing: `no limit is reached; a long p99 is the start: ${first} batches at once, and ${more} more a minute`,
    "2.5x": "at its worst, so many times as much was asked for as there is",
    full: `all of it was in use, such as the ${inflight.toLocaleString("en-US")} messages in flight`,
    "after 53s": "from when on; without it from the start",
    unwritten: "devices that work, but the table was too busy to note it: all is done again",
    "$ a month": `${hours} such loads, each ticket asked for ${polls === 1 ? "once" : `${polls} times`}`,
  };
  return [
    ...Object.entries(meanings).flatMap(([word, meaning]) => hanging(`${word.padEnd(12)} `, meaning)),
    "",
    ...wrapped(
      "Simulated, not measured on AWS. `npm run grow help` lists every assumption with its source and its word.",
      columns,
      "",
    ),
  ];
}

/** A text behind its head, in lines of 80 columns. */
function hanging(head: string, text: string): string[] {
  return wrapped(text, columns - head.length, "").map(
    (line, at) => (at === 0 ? head : " ".repeat(head.length)) + line,
  );
}

const percent = (share: number) => (share > 0 && share < 0.005 ? "<1%" : `${Math.round(100 * share)}%`);
const ratio = (times: number) => (times < 9.5 ? times.toFixed(1) : Math.round(times).toLocaleString("en-US"));

/** A duration in at most five characters, from milliseconds to days. */
function long(ms: number): string {
  if (ms < 119_500) {
    return duration(ms);
  }
  const minutes = ms / 60_000;
  if (minutes < 119.5) {
    return `${Math.round(minutes)}min`;
  }
  return minutes < 2_880 ? `${(minutes / 60).toFixed(1)}h` : `${(minutes / 1_440).toFixed(1)}d`;
}

/** A count in at most five characters. */
function short(count: number): string {
  const units = [
    { from: 999_500, by: 1e6, unit: "M" },
    { from: 9_995, by: 1e3, unit: "k" },
  ];
  const { by, unit } = units.find(({ from }) => count >= from) ?? { by: 1, unit: "" };
  const value = count / by;
  return unit === "" ? String(Math.round(value)) : `${value.toFixed(value < 99.95 ? 1 : 0)}${unit}`;
}
