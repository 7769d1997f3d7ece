import { duration, wrapped } from "../figures/format.ts";
import type { Assumed } from "./assumptions.ts";
import type { Outcome } from "./scenarios.ts";

const columns = 80;

/** What stands above the rows. */
export const header = [
  "                    DEVICE WORKS   BACKLOG   EMPTY DELETED    SET",
  "A SECOND VARIANT      p50    p99   AT END   AFTER  BY AGE  ASIDE   $ A MONTH",
];

/** One outcome in one line of at most 80 columns. */
export function rowOf({ perSecond, variant, grown, growth, monthDollars }: Outcome): string {
  const { works, sent, emptyAtMs, backlog, expired, setAside } = grown;
  const endMs = growth.seconds * 1_000;
  const within = (share: number) => {
    const ms = works.quantile(share, sent);
    return ms === null ? "never" : long(ms);
  };
  return [
    perSecond.toLocaleString("en-US").padStart(8),
    variant.padEnd(9),
    within(0.5).padStart(7),
    within(0.99).padStart(6),
    short(backlog).padStart(8),
    long(Math.max(emptyAtMs - endMs, 0)).padStart(7),
    short(expired).padStart(7),
    short(setAside).padStart(6),
    short(monthDollars).padStart(11),
  ].join(" ");
}

/** What bends in each row, the worst first. */
export function bendLines(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap(({ perSecond, variant, over }) => {
    const each = over.map(({ what, times }) => `${what} ${times < 1.05 ? "full" : `${ratio(times)}x`}`);
    const where = `${perSecond.toLocaleString("en-US").padStart(8)} ${variant.padEnd(9)}  `;
    return wrapped(
      `${where}${each.length === 0 ? "nothing" : each.join(", ")}`,
      columns,
      " ".repeat(where.length),
    );
  });
}

/** What has to be known to read the figures. */
export function notes({ polls, hours, retention }: Assumed): string[] {
  const text =
    "Simulated, not measured on AWS. The customer has the 202 as fast as ever while API and tables keep up: what bends is " +
    "demand over limit, and a quota that AWS raises on request is taken as raised. all grows: vendor, BatchSize and " +
    "MaximumConcurrency fit the load. template: 08 as it is. no limit: without MaximumConcurrency. Deleted by age: after " +
    `${retention} days. A month: ${hours} such loads, each ticket asked for ${polls === 1 ? "once" : `${polls} times`}. \`npm run grow help\` lists every ` +
    "assumption with its source and its word.";
  return wrapped(text, columns, "");
}

const ratio = (times: number) => (times < 9.5 ? times.toFixed(1) : Math.round(times).toLocaleString("en-US"));

/** A duration in at most five letters, from milliseconds to days. */
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

/** A count in at most five letters. */
function short(count: number): string {
  const units = [
    { from: 999_500, by: 1e6, unit: "M" },
    { from: 9_995, by: 1e3, unit: "k" },
  ];
  const { by, unit } = units.find(({ from }) => count >= from) ?? { by: 1, unit: "" };
  const value = count / by;
  return unit === "" ? String(Math.round(value)) : `${value.toFixed(value < 99.95 ? 1 : 0)}${unit}`;
}
