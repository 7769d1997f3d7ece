import type { LedgerEntries, Results } from "#shared/results.ts";
import { isLab } from "../plan/rows.ts";
import { duration, listed, spoken, times } from "./format.ts";
import { measuredRows } from "../figures/medians.ts";
import type { Measured } from "../figures/medians.ts";
import { planOf } from "./plan-words.ts";
import { compare } from "../figures/statistics.ts";
import type { TrialPart } from "../plan/rows.ts";

function firstTwo(results: Results, part: TrialPart) {
  const rows = measuredRows(results, part);
  const before = rows.find(({ id }) => id === "01") ?? rows[0];
  return { before, after: rows.find((row) => row !== before) };
}

/** How many times sooner the first row with a ticket answers; undefined if it is not sooner, or too little to be sure. */
export function timesSooner(results: Results, part: TrialPart): string | undefined {
  const { before, after } = firstTwo(results, part);
  const [then, now] = [before?.median.response.p50Ms ?? 0, after?.median.response.p50Ms ?? Infinity];
  const ratio = then / now;
  return ratio > noise(planOf(results, part).runs) ? times(ratio) : undefined;
}

/** What the first row and the first one with a ticket differ in: both clocks, always together. */
export function boughtSentence(results: Results, part: TrialPart = "day"): string {
  const { before, after } = firstTwo(results, part);
  if (!before || !after) {
    return "one chapter alone can't be compared; try `npm run bench 01 02`.";
  }
  return `${answersSooner(after, before, planOf(results, part).runs)}; ${worksWhen(after, before)}.`;
}

// Less than that is a machine's mood, most of all in one run.
const noise = (runs: number) => (runs < 3 ? 1.5 : 1.15);

function answersSooner(after: Measured, before: Measured, runs: number): string {
  const [now, then] = [after.median.response.p50Ms, before.median.response.p50Ms];
  if (now === null || then === null) {
    return `${now === null ? after.id : before.id} answered fewer than half`;
  }
  const ratio = then / now;
  if (ratio > noise(runs)) {
    return `${after.id} answers ${times(ratio)} sooner than ${before.id}`;
  }
  return ratio < 1 / noise(runs)
    ? `${after.id} answers ${times(1 / ratio)} later than ${before.id}`
    : `${after.id} answers about as fast as ${before.id}`;
}

function worksWhen(after: Measured, before: Measured): string {
  const [now, then] = [after.median.activation.p50Ms, before.median.activation.p50Ms];
  if (then === null || now === null) {
    return now === null
      ? "fewer than half of its devices worked"
      : `${before.id}'s devices mostly never worked`;
  }
  if (now < then / 1.15) {
    return `the device works ${times(then / now)} sooner`;
  }
  return now > then * 1.15 ? `the device works ${times(now / then)} later` : "the device works no sooner";
}

/** What each row lost, did twice, left waiting or set aside. */
export function paidSentence(results: Results, part: TrialPart = "day"): string {
  const rows = measuredRows(results, part);
  const parts = [
    paid(rows, "lost", (count) => `lost ${count}`) ?? "none lost any",
    paid(rows, "doubled", (count) => `did ${count} twice`) ?? "none did any twice",
    paid(rows, "waiting", (count) => `left ${count} waiting`),
    paid(rows, "gaveUp", (count) => `gave up ${count}`),
    paid(rows, "deadLettered", (count) => `set ${count} aside`),
  ];
  return `${parts.filter((part) => part !== undefined).join("; ")}.`;
}

function paid(rows: readonly Measured[], entry: keyof LedgerEntries, verb: (count: number) => string) {
  const some = rows.filter(({ ledger }) => ledger[entry] > 0);
  // The verb once is enough: "02 lost 5 and 06 2".
  const each = some.map(({ id, ledger }, at) => `${id} ${at === 0 ? verb(ledger[entry]) : ledger[entry]}`);
  return some.length === 0 ? undefined : listed(each);
}

/** Which rows answer equally fast; says that it can't tell where the runs are too few. */
export function sameSentence(results: Results, part: TrialPart = "day"): string {
  const rows = measuredRows(results, part).filter(({ id }) => id !== "01");
  const [first, ...others] = rows;
  const last = others.at(-1);
  if (!first || !last) {
    return "nothing to compare.";
  }
  const p50s = ({ runs }: Measured) => runs.map(({ response }) => response.p50Ms);
  const verdicts = others.map((row) => ({ row, ...compare(p50s(first), p50s(row)) }));
  if (verdicts.some(({ verdict }) => verdict === "too few runs")) {
    const known = rows.flatMap(({ median }) => median.response.p50Ms ?? []);
    const [least, most] = [Math.min(...known), Math.max(...known)].map(duration);
    const count = planOf(results, part).runs;
    const runs = count === 1 ? "one run proves" : `${count} runs prove`;
    const again = part === "day" ? "npm run bench" : "npm run bench:storm";
    const p50 = known.length < rows.length ? "some never" : `in ${least} to ${most} (p50)`;
    const own = rows.some(({ id, chapter }) => id === "mine" || isLab(chapter))
      ? ` ${rows.map(({ id }) => id).join(" ")}`
      : "";
    const which = rows.length === 2 ? `${first.id} and ${last.id}` : `${first.id} to ${last.id}`;
    return `${which} answered ${p50}; ${runs} no more (try \`${again}${own} runs=3\`).`;
  }
  const differ = verdicts.filter(({ verdict }) => verdict !== "no difference");
  const equal = verdicts.filter(({ verdict }) => verdict === "no difference").map(({ row }) => row.id);
  const same =
    equal.length === 0 ? "" : `${listed([first.id, ...equal])} answer equally fast (no difference)`;
  const other = differ.map(({ row, verdict }) => `${row.id} takes ${verdict} than ${first.id}`);
  return `${[same, ...other].filter((part) => part !== "").join("; ")}.`;
}

/** How the median answers of all rows lie. */
export function fastestSentence(results: Results): string {
  const rows = measuredRows(results);
  const first = rows.find(({ id }) => id === "01");
  const others = rows.flatMap((row) => (row === first ? [] : (row.median.response.p50Ms ?? [])));
  const slow = first?.median.response.p50Ms;
  if (others.length === 0) {
    return `${first?.id ?? "nobody"} answers in ${slow === null || slow === undefined ? "no time that counts" : spoken(slow)}.`;
  }
  const [least, most] = [Math.min(...others), Math.max(...others)].map(spoken);
  const within = least === most ? `in ${least}` : `in ${least} to ${most}`;
  return slow === null || slow === undefined
    ? `The median answer comes ${within}.`
    : `An answer that waits for the vendor takes ${spoken(slow)}; without, ${within.replace("in ", "")}.`;
}
