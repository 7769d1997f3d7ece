import type { Run } from "#shared/results.ts";
import { capitalized, duration, listed, quantileText, spoken, times } from "../figures/format.ts";
import { ledgerColumns, paidInWords } from "../figures/ledger-columns.ts";
import type { LedgerColumn } from "../figures/ledger-columns.ts";
import type { Curve } from "../figures/percentile-curves.ts";
import { answeringAlike, compareRows, mayWorkEqually, timesSooner } from "../figures/comparison.ts";
import type { Bend, ResultsView, RowView, TrialView } from "../figures/view.ts";
import { isLab } from "../plan/rows.ts";
import { rowsInWords } from "./words.ts";

// What the figures say, in sentences. Each is the title of a picture, a line of the screen or the head of a report.

const { errors, lost, twice, gaveUp, waiting, setAside, untold } = ledgerColumns;

/** How the first row differs from the first one with a ticket, always with both clocks. */
export function boughtSentence({ rows, plan }: TrialView): string {
  const { before, after } = firstTwo(rows);
  if (!before || !after) {
    return "one chapter alone can't be compared; try `npm run bench 01 02`.";
  }
  return `${answersSooner(after, before, plan.runs)}; ${worksWhen(after, before, plan.runs)}.`;
}

/** How many times sooner the first row with a ticket answers. Undefined if it doesn't, or too little to be sure. */
export function timesBought({ rows }: TrialView): string | undefined {
  const { before, after } = firstTwo(rows);
  const ratio = (before && after && timesSooner(after, before)) ?? 0;
  return ratio > 1 ? times(ratio) : undefined;
}

function firstTwo(rows: readonly RowView[]) {
  const before = rows.find(({ id }) => id === "01") ?? rows[0];
  return { before, after: rows.find((row) => row !== before) };
}

const runsForVerdict = 3;

function answersSooner(after: RowView, before: RowView, runs: number): string {
  const [now, then] = [after.median.response.p50Ms, before.median.response.p50Ms];
  if (now === null || then === null) {
    return `${now === null ? after.id : before.id} answered fewer than half`;
  }
  const ratio = timesSooner(after, before);
  if (ratio !== undefined) {
    return ratio > 1
      ? `${after.id} answers ${times(ratio)} sooner than ${before.id}`
      : `${after.id} answers ${times(1 / ratio)} later than ${before.id}`;
  }
  return runs < runsForVerdict
    ? `${after.id} and ${before.id} answer with no difference that ${runs === 1 ? "one run" : `${runs} runs`} can show`
    : `${after.id} answers about as fast as ${before.id}`;
}

function worksWhen(after: RowView, before: RowView, runs: number): string {
  const [now, then] = [after.median.activation.p50Ms, before.median.activation.p50Ms];
  if (then === null || now === null) {
    return now === null
      ? "fewer than half of its devices worked"
      : `${before.id}'s devices mostly never worked`;
  }
  if (runs < runsForVerdict && mayWorkEqually(after, before)) {
    return "the device works no sooner";
  }
  if (now < then / 1.15) {
    return `the device works ${times(then / now)} sooner`;
  }
  return now > then * 1.15 ? `the device works ${times(now / then)} later` : "the device works no sooner";
}

/** A run in one line, to show during the others: "answered in 20ms, device works after 491ms (p50); 1 twice". */
export function runInBrief({ response, activation, ledger }: Run): string {
  const answered = `answered in ${quantileText(response, "p50Ms")}`;
  const works = `device works after ${quantileText(activation, "p50Ms")}`;
  const pays = paidInWords(ledger, Object.values(ledgerColumns));
  return `${answered}, ${works} (p50); ${pays.length === 0 ? "paid nothing" : listed(pays)}`;
}

/** What each row lost, did twice, left waiting, gave up or set aside. That none was lost is said, too: it is what a queue is for. */
export function paidSentence({ rows }: TrialView): string {
  const parts = [
    paid(rows, lost, (count) => `lost ${count}`) ?? "none lost any",
    paid(rows, twice, (count) => `did ${count} twice`),
    paid(rows, waiting, (count) => `left ${count} waiting`),
    paid(rows, gaveUp, (count) => `gave up ${count}`),
    paid(rows, setAside, (count) => `set ${count} aside`),
  ];
  return `${parts.filter((part) => part !== undefined).join("; ")}.`;
}

function paid(rows: readonly RowView[], column: LedgerColumn, verb: (count: number) => string) {
  const some = rows.flatMap(({ id, ledger }) => {
    const count = column.of(ledger);
    return count > 0 ? [{ id, count }] : [];
  });
  // The verb occurs once: "02 lost 5 and 06 2".
  const each = some.map(({ id, count }, at) => `${id} ${at === 0 ? verb(count) : count}`);
  return some.length === 0 ? undefined : listed(each);
}

/** Which rows answer equally fast, or that there are too few runs to tell. */
export function sameSentence({ part, plan, rows: all }: TrialView): string {
  const rows = all.filter(({ id }) => id !== "01");
  const [first, ...others] = rows;
  const last = others.at(-1);
  if (!first || !last) {
    return "nothing to compare.";
  }
  const verdicts = others.map((row) => ({ row, ...compareRows(first, row, "response") }));
  if (verdicts.some(({ verdict }) => verdict === "too few runs")) {
    const runs = plan.runs === 1 ? "one run proves" : `${plan.runs} runs prove`;
    const again = part === "day" ? "npm run bench" : "npm run bench:storm";
    const own = rows.some(({ id, chapter }) => id === "mine" || isLab(chapter))
      ? ` ${rows.map(({ id }) => id).join(" ")}`
      : "";
    return `${answeredSentence(rows)}; ${runs} no more (try \`${again}${own} runs=3\`).`;
  }
  const differ = verdicts.filter(({ verdict }) => verdict !== "no difference");
  const equal = verdicts.filter(({ verdict }) => verdict === "no difference").map(({ row }) => row.id);
  const same =
    equal.length === 0 ? "" : `${listed([first.id, ...equal])} answer equally fast (no difference)`;
  const order = rows.map(({ id }) => id);
  const other = (["longer", "shorter"] as const).flatMap((wanted) => {
    const ids = differ.filter(({ verdict }) => verdict === wanted).map(({ row }) => row.id);
    const how = wanted === "longer" ? wanted : "less time";
    const take = ids.length === 1 ? "takes" : "take";
    return ids.length === 0 ? [] : [`${plainly(ids, order)} ${take} ${how} than ${first.id}`];
  });
  return `${[same, ...other].filter((words) => words !== "").join("; ")}.`;
}

// For a screen, whose lines break at blanks.
const plainly = (ids: readonly string[], order: readonly string[]) =>
  rowsInWords(ids, order).replaceAll("\u00A0", " ");

/** How fast the rows answered, grouped where so few runs can't tell them apart. */
function answeredSentence(rows: readonly RowView[]): string {
  const order = rows.map(({ id }) => id);
  const groups = answeringAlike(rows);
  const parts = groups.map((group, at) => {
    const known = group.flatMap(({ median }) => median.response.p50Ms ?? []).toSorted((a, b) => a - b);
    const [least = "", most] = [
      ...new Set([known.at(0), known.at(-1)].flatMap((ms) => ms ?? []).map(duration)),
    ];
    const ids = plainly(
      group.map(({ id }) => id),
      order,
    );
    // The verb and the unit occur once.
    const [verb, unit] = at === 0 ? [" answered", " (p50)"] : ["", ""];
    return known.length === 0
      ? `${ids} mostly never${verb}`
      : `${ids}${verb} in ${least}${most === undefined ? "" : ` to ${most}`}${unit}`;
  });
  const [all = "", ...others] = parts;
  if (others.length === 0) {
    return all;
  }
  return `not ${rows.length > 2 ? "all " : ""}the same: ${parts.join(", ")}`;
}

/** How long an answer takes with the vendor in the request, and without. */
export function fastestSentence({ rows }: TrialView): string {
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

/** "Killed 3 times and cut off for 3 s: 02 forgets 24 and 06 27; 03 to 05, 07 and 07+key lose none." */
export function stormSentence({ rows, killsAtSeconds, outage }: TrialView): string {
  const order = rows.map(({ id }) => id);
  const losers = rows.filter(({ ledger }) => ledger.lost > 0);
  const forgets = losers.map(
    ({ id, ledger }, at) => `${id}\u00A0${at === 0 ? "forgets\u00A0" : ""}${ledger.lost}`,
  );
  // 01 answers when the work is done, so it can't forget any, and fails customers instead.
  const [first] = rows.filter(({ id }) => id === "01");
  const fails = first ? [`01\u00A0fails\u00A0${errors.of(first.ledger)} customers`] : [];
  const keepers = rows.filter((row) => row !== first && row.ledger.lost === 0).map(({ id }) => id);
  const keep = `${rowsInWords(keepers, order)} ${keepers.length === 1 ? "loses" : "lose"} none`;
  const kills = killsAtSeconds.length;
  const killed = kills === 1 ? "killed once" : kills === 2 ? "killed twice" : `killed ${kills} times`;
  const troubles = [
    ...(kills > 0 ? [killed] : []),
    ...(outage === undefined ? [] : [`cut off for ${outage.toSecond - outage.fromSecond} s`]),
  ];
  const parts = [
    ...fails,
    ...(forgets.length > 0 ? [listed(forgets)] : []),
    ...(keepers.length > 0 ? [keep] : []),
  ];
  return capitalized(`${troubles.join(" and ") || "in calm weather"}: ${parts.join("; ")}.`);
}

/** Which rows keep every promise or, if none does, what they pay. */
export function scoreSentence({ rows }: TrialView): string {
  const order = rows.map(({ id }) => id);
  const clean = rows.filter(keepsItsWord).map(({ id }) => id);
  const [alone] = clean;
  if (alone === undefined) {
    return rows.length === 1
      ? `${order[0]} pays: it loses some, does some twice, gives some up, or leaves some waiting.`
      : "Every chapter pays: it loses some, does some twice, gives some up, or leaves some waiting.";
  }
  const kept = "loses none, does none twice, gives none up and leaves none waiting";
  if (clean.length === rows.length) {
    return rows.length === 1
      ? capitalized(`${alone} ${kept}.`)
      : "No chapter loses any, does any twice, gives any up or leaves any waiting.";
  }
  return clean.length === 1
    ? `Only ${alone} ${kept}.`
    : `${rowsInWords(clean, order)} lose none, do none twice, give none up and leave none waiting.`;
}

/** Every customer with a ticket gets the device, once, and is told. */
const keepsItsWord = ({ id, ledger }: RowView): boolean =>
  id !== "01" && [lost, twice, gaveUp, untold, waiting].every((column) => column.of(ledger) === 0);

/** What a lab's own plan has shown. Undefined for other plans. */
export function labSentence({ part, rows }: TrialView): string | undefined {
  switch (part) {
    case "outage":
      return outageSentence(rows);
    case "rush":
      return rushSentence(rows);
    case "kills":
      return killsSentence(rows);
    case "day":
    case "storm":
      return undefined;
  }
}

function outageSentence(rows: readonly RowView[]): string {
  const each = rows.map(
    ({ id, healthySetAside }) => `${id} set ${healthySetAside || "no"} healthy devices aside`,
  );
  const left = rows.flatMap(({ id, ledger }) =>
    ledger.lost + ledger.deadLettered > 0
      ? [`${id} lost ${ledger.lost} and left ${ledger.deadLettered} aside`]
      : [],
  );
  const after = left.length === 0 ? "the redrive brought all back" : listed(left);
  return `${listed(each)}; ${after}.`;
}

const verbs: readonly [LedgerColumn, (count: number) => string][] = [
  [errors, (count) => `gives ${count} errors`],
  [lost, (count) => `loses ${count}`],
  [twice, (count) => `does ${count} twice`],
  [setAside, (count) => `sets ${count} aside`],
  [waiting, (count) => `leaves ${count} waiting`],
];

function rushSentence(rows: readonly RowView[]): string {
  const found = rows.map(({ label, ledger, connectionsRefused = 0 }) => ({
    label,
    connectionsRefused,
    pays: verbs.flatMap(([column, verb]) => (column.of(ledger) > 0 ? [verb(column.of(ledger))] : [])),
  }));
  const clean = found.filter(({ pays }) => pays.length === 0).map(({ label }) => label);
  const others = found
    .filter(({ pays }) => pays.length > 0)
    .map(({ label, connectionsRefused: refused, pays }) => {
      const words = [...(refused > 0 ? [`is refused ${refused} connections`] : []), ...pays];
      return `${label} ${listed(words)}`;
    });
  const all = `${listed(clean)} ${clean.length === 1 ? "activates" : "activate"} every device, once`;
  return `${[...(clean.length > 0 ? [all] : []), ...others].join("; ")}.`;
}

function killsSentence(rows: readonly RowView[]): string {
  const each = rows.map(({ label, ledger, unheard }) => {
    const words = [
      `does ${twice.of(ledger)} twice`,
      ...verbs.flatMap(([column, verb]) =>
        column !== twice && column.of(ledger) > 0 ? [verb(column.of(ledger))] : [],
      ),
    ];
    return `${label} ${listed(words)} (${unheard} attempts were cut off)`;
  });
  return `${each.join("; ")}.`;
}

/** How much each row can take: "03 can take 2 a second, 04 and 07 can take 40; from 60 on, customers of 01 get errors." */
export function bendSentence({ rows, sweep }: Pick<ResultsView, "rows" | "sweep">): string {
  const order = rows.map(({ id }) => id);
  const phrases = grouped(sweep?.rows ?? []).map(({ ids, bend }, at) => {
    // The unit occurs once.
    const rate = (perSecond: number) => `${perSecond}${at === 0 ? " a second" : ""}`;
    return { fails: bend.fails, words: phraseOf(rowsInWords(ids, order), bend, rate) };
  });
  const words = (those: boolean) =>
    phrases.filter(({ fails }) => fails === those).map((phrase) => phrase.words);
  const parts = [words(false), words(true)].filter((each) => each.length > 0);
  return capitalized(`${parts.map((each) => each.join(", ")).join("; ")}.`);
}

function phraseOf(
  ids: string,
  { steadyUpTo, overFrom, fails }: Bend,
  rate: (perSecond: number) => string,
): string {
  if (overFrom === undefined) {
    return `${ids} can take all ${rate(steadyUpTo ?? 0)}`;
  }
  if (fails) {
    return `from ${rate(overFrom)} on, customers of ${ids} get errors`;
  }
  return steadyUpTo === undefined
    ? `${ids} can't take ${rate(overFrom)}`
    : `${ids} can take ${rate(steadyUpTo)}`;
}

/** Groups rows that bend at the same rate: the first to bend first, those that fail customers last. */
function grouped(rows: readonly { id: string; bend: Bend }[]): { ids: string[]; bend: Bend }[] {
  const groups: { ids: string[]; bend: Bend }[] = [];
  for (const { id, bend } of rows) {
    const like = groups.find((group) => isAlike(group.bend, bend));
    if (like) {
      like.ids.push(id);
    } else {
      groups.push({ ids: [id], bend });
    }
  }
  // Two that never bend are equal: the difference of their rates would be NaN.
  const rate = ({ overFrom = Infinity }: Bend) => overFrom;
  return groups.toSorted(
    ({ bend: left }, { bend: right }) =>
      Number(left.fails) - Number(right.fails) || rate(left) - rate(right) || 0,
  );
}

const isAlike = (one: Bend, other: Bend) => one.overFrom === other.overFrom && one.fails === other.fails;

const titlePercents = [99, 95, 90, 50];

/** How long the unlucky wait, at the highest percentile at which most rows still answer. */
export function tailSentence(curves: readonly Curve[]): string {
  if (curves.length === 0) {
    return "No chapter was measured.";
  }
  const order = curves.map(({ id }) => id);
  for (const percent of titlePercents) {
    const at = curves.map(({ id, steps }) => ({
      id,
      ms: steps.find((step) => step.percent === percent)?.ms,
    }));
    const answered = at.flatMap(({ id, ms }) => (ms === undefined ? [] : [{ id, ms }]));
    if (answered.length * 2 > curves.length) {
      const never = at.filter(({ ms }) => ms === undefined).map(({ id }) => id);
      const of100 = `${percent} of 100 customers`;
      const parts = [
        ...groupedByTime(answered).map(({ ids, ms }, place) => {
          const within = place === 0 ? `${of100} are answered within ${ms}` : `within ${ms}`;
          return `${within} by ${rowsInWords(ids, order)}`;
        }),
        ...(never.length > 0
          ? [`${rowsInWords(never, order)} never ${never.length > 1 ? "answer" : "answers"} so many`]
          : []),
      ];
      return capitalized(`${parts.join("; ")}.`);
    }
  }
  return "Most chapters answered fewer than half of their customers.";
}

const alike = 2;
const mostGroups = 2;

/** Groups rows with about the same time, the fastest first. */
function groupedByTime(rows: readonly { id: string; ms: number }[]): { ids: string[]; ms: string }[] {
  const groups: { id: string; ms: number }[][] = [];
  for (const row of rows.toSorted((left, right) => left.ms - right.ms)) {
    const group = groups.at(-1);
    const first = group?.[0];
    if (group !== undefined && first !== undefined && row.ms <= first.ms * alike) {
      group.push(row);
    } else {
      groups.push([row]);
    }
  }
  // More groups would fill a title, so then the slowest is enough.
  return (groups.length > mostGroups ? [groups.flat()] : groups).map((group) => ({
    ids: group.map(({ id }) => id),
    // No line break between a number and its unit.
    ms: spoken(Math.max(...group.map(({ ms }) => ms))).replace(" ", "\u00A0"),
  }));
}
