import { wrap } from "#shared/command.ts";
import { escaped } from "#shared/html.ts";
import type { LedgerEntries, Plan, Quantiles } from "#shared/results.ts";
import { counted, listed, quantileText } from "../../figures/format.ts";
import { ledgerColumns, paidInWords } from "../../figures/ledger-columns.ts";
import type { LedgerColumn } from "../../figures/ledger-columns.ts";
import { scoreboardOf } from "../../figures/scores.ts";
import { saturatedShareOf } from "../../figures/view.ts";
import type { Part, ResultsView, RowView, TrialView } from "../../figures/view.ts";
import { picturesOf } from "../charts/pictures.ts";
import type { Picture } from "../charts/drawing/picture.ts";
import { repeatedSentence } from "../reliance.ts";
import { rateText, saturatedSentence, saturationMark, troublesText } from "../words.ts";

const { errors, lost, gaveUp, twice, untold, waiting, setAside } = ledgerColumns;

/** A table whose first column names the row. The columns in `words` contain words, all others figures. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  words: readonly string[] = [],
): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((title, at) => (at === 0 || words.includes(title) ? "---" : "--:"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

export const fenced = (lines: readonly string[], language = "text"): string =>
  [`\`\`\`${language}`, ...lines, "```"].join("\n");

/** The mark of every table, escaped, since a bare star would begin italics. */
export const mark = (saturatedShare: number | undefined): string =>
  saturationMark(saturatedShare).replace("*", "\\*");

// Both clocks' medians and maxima.
const clockTitles = ["answered p50", "max", "device works p50", "max"];
const clockCells = ({ median: { response, activation }, saturatedShare }: RowView): string[] => [
  ...(["p50Ms", "maxMs"] as const).map((which) => `${quantileText(response, which)}${mark(saturatedShare)}`),
  quantileText(activation, "p50Ms"),
  quantileText(activation, "maxMs"),
];

export const clockTable = (rows: readonly RowView[]): string =>
  markdownTable(
    ["", ...clockTitles],
    rows.map((row) => [row.label, ...clockCells(row)]),
  );

/** What each row paid in a day, in a list: what did not happen is left out. */
export function paidList({ plan, rows }: TrialView): string {
  return rowList(plan, rows, ({ ledger }) => [
    paidText(ledger, [errors, lost, gaveUp, twice, waiting, setAside]),
    `${ledger.vendorCalls} calls to the vendor`,
  ]);
}

/** Both clocks of each row in a storm, and what it paid, in a list. */
export function stormList({ plan, rows, high }: TrialView): string {
  return rowList(plan, rows, ({ ledger, median: { response, activation }, saturatedShare }) => {
    const highTitle = high === "p99Ms" ? "p99" : "max";
    const times = (clock: Quantiles, sign = "") =>
      `p50 ${quantileText(clock, "p50Ms")}${sign}, ${highTitle} ${quantileText(clock, high)}${sign}`;
    return [
      `answered ${times(response, mark(saturatedShare))}`,
      `device works ${times(activation)}`,
      paidText(ledger, [errors, lost, twice, gaveUp, untold, waiting, setAside]),
    ];
  });
}

function rowList(
  { customers, runs }: Plan,
  rows: readonly RowView[],
  partsOf: (row: RowView) => string[],
): string {
  const items = rows.map((row) => `- **${row.label}**: ${partsOf(row).join("; ")}`);
  return [`Of ${customers * runs} customers:`, "", ...items].join("\n");
}

const paidText = (entries: LedgerEntries, columns: readonly LedgerColumn[]): string =>
  paidInWords(entries, columns).join(", ") || "every device works, once";

/** The scoreboard of a storm, for all chapters. */
export function scoreTable(storm: TrialView): string {
  const columns = scoreboardOf(storm);
  // The clock is named once: the second column of a group belongs to the same one.
  const titles = columns.map(({ group, title }, at) =>
    group === "of all customers" || group === columns[at - 1]?.group ? title : `${group} ${title}`,
  );
  const rows = storm.rows.map(({ label, saturatedShare }, at) => {
    const markOf = (group: string) => (group === "answered" ? mark(saturatedShare) : "");
    return [label, ...columns.map(({ group, scores }) => `${scores[at]?.text ?? "-"}${markOf(group)}`)];
  });
  return markdownTable(["", ...titles], rows);
}

/** Whether it is worth a column: what happened to no customer of these rows is left out. */
const happens = (rows: readonly RowView[]) => (column: LedgerColumn) =>
  rows.some(({ ledger }) => column.of(ledger) > 0);

export function outageTable(rows: readonly RowView[]): string {
  const columns = [{ ...setAside, title: "left there after the redrive" }, lost, twice].filter(happens(rows));
  const head = [
    "",
    "device works p50",
    "max",
    "healthy, set aside",
    ...columns.map(({ title }) => title),
    "calls to the vendor",
    "longest backlog",
  ];
  const cells = rows.map(({ label, median, ledger, healthySetAside, longestBacklog }) => [
    label,
    quantileText(median.activation, "p50Ms"),
    quantileText(median.activation, "maxMs"),
    healthySetAside,
    ...columns.map(({ of }) => of(ledger)),
    ledger.vendorCalls,
    longestBacklog,
  ]);
  return markdownTable(head, cells);
}

export const rushTable = (rows: readonly RowView[]): string =>
  clocksAndLedger(rows, "connections refused", ({ connectionsRefused = "-" }) => connectionsRefused);

export const killsTable = (rows: readonly RowView[]): string =>
  clocksAndLedger(rows, "attempts cut off", ({ unheard }) => unheard);

function clocksAndLedger(
  rows: readonly RowView[],
  title: string,
  cellOf: (row: RowView) => number | string,
): string {
  const columns = [errors, lost, twice, setAside, waiting].filter(happens(rows));
  return markdownTable(
    ["", ...clockTitles, title, ...columns.map((column) => column.title)],
    rows.map((row) => [
      row.label,
      ...clockCells(row),
      cellOf(row),
      ...columns.map(({ of }) => of(row.ledger)),
    ]),
  );
}

/** So that generated lines are as long as the others on the page. */
export const textColumns = 128;

/** Where a page's figures come from, once per page. `up` leads from the text to the root. */
export function sourceLine(view: ResultsView, parts: readonly Part[], up = ""): string {
  const [only] = parts;
  const each =
    parts.length === 1 && only !== undefined
      ? whatWasDone(view, only)
      : parts.map((part) => `${partNames[part]}: ${whatWasDone(view, part)}`).join(". ");
  return sourceText(view, `${each}.`, `[Where they are kept](${up}bench/reference/README.md).`);
}

/** The same in short: what comes in a day, a storm and a sweep is told at the end of bench/README.md. */
export function shortSourceLine(view: ResultsView, parts: readonly Part[], up: string): string {
  const usual = (["day", "storm"] as const)
    .filter((part) => parts.includes(part))
    .map((part) => counted(view.trials[part]?.plan.runs ?? 0, part));
  const sweep = parts.includes("sweep") ? ["one sweep"] : [];
  const others = parts
    .filter((part) => !["day", "storm", "sweep"].includes(part))
    .map((part) => ` ${partNames[part]}: ${whatWasDone(view, part)}.`);
  return sourceText(
    view,
    `Medians and sums of ${listed([...usual, ...sweep])}.${others.join("")}`,
    `[How it measures](${up}bench/README.md), [the data](${up}bench/reference/README.md).`,
  );
}

function sourceText({ environment, startedAt, command }: ResultsView, what: string, where: string): string {
  return wrap(
    `<sub>${what} \`${command}\` on ${startedAt.slice(0, 10)}, ${environment.cores} cores, ` +
      `Node ${environment.node.replace(/^v/, "")}. An embedded AWS on one machine: these are not AWS's latencies. ${where}</sub>`,
    textColumns,
  );
}

const partNames: Record<Part, string> = {
  day: "The day",
  storm: "The storm",
  sweep: "The sweep",
  outage: "The outage",
  rush: "The rush",
  kills: "The kills",
};

/** What a reader must know about a part's figures, for below a table of these chapters. Empty if there is nothing. */
export function remarksOn(view: ResultsView, part: Part, chapters?: readonly string[]): string[] {
  const isShown = ({ chapter }: { chapter: string }) => chapters?.includes(chapter) ?? true;
  const shares =
    part === "sweep"
      ? view.sweep?.rows
          .filter(isShown)
          .flatMap(({ points }) => points.map((point) => saturatedShareOf([point])))
      : view.trials[part]?.rows.filter(isShown).map(({ saturatedShare }) => saturatedShare);
  const remarks = [
    saturatedSentence(shares ?? [])?.replace("*", "\\*"),
    repeatedSentence(view.repeats.filter((repeat) => repeat.part === part && isShown(repeat))),
    view.doubts.some((doubt) => doubt.part === part && isShown(doubt))
      ? "**The run marks some of these figures as doubtful, and its report says why.**"
      : undefined,
  ].filter((remark) => remark !== undefined);
  return remarks.length === 0 ? [] : [wrap(`<sub>${remarks.join(" ")}</sub>`, textColumns)];
}

function whatWasDone({ trials, sweep }: ResultsView, part: Part): string {
  if (part === "sweep") {
    const rates = sweep?.plan.phases.map(({ perSecond }) => perSecond) ?? [];
    return `${rates.join(", ")} customers a second, one rate after the other; one sweep`;
  }
  const trial = trials[part];
  if (trial === undefined) {
    return `No ${part}`;
  }
  const { plan, arrivalSeconds } = trial;
  const came = `${plan.customers} customers in ${arrivalSeconds} s`;
  const troubles =
    part === "day"
      ? `${came}, with the same small troubles`
      : `${came}, ${rateText(plan)}: ${troublesText(trial).join(", ")}`;
  return `${troubles}; ${plan.runs === 1 ? "one run" : `medians and sums of ${plan.runs} runs`}`;
}

/** The pictures that the READMEs show. What was not measured has none. */
const shownNames = ["two-clocks", "storm", "arrival-rate"] as const;
export const themes = ["light", "dark"] as const;

/** The ones that these results have. */
export function shownPictures(view: ResultsView): Picture[] {
  const names: readonly string[] = shownNames;
  return picturesOf(view).filter(({ name }) => names.includes(name));
}

/** A picture's file in bench/reference, for a page of this theme. */
export const pictureFile = (name: string, theme: string): string => `${name}-${theme}.svg`;

/** A picture for a text from which `up` leads to the root, light or dark like the page. Empty if it was not measured. */
export function picture(view: ResultsView, name: (typeof shownNames)[number], up = ""): string[] {
  return shownPictures(view)
    .filter((each) => each.name === name)
    .map(({ title }) => pictureTag(name, escaped(title), up));
}

/** A picture of the reference, light or dark like the page. `alt` is HTML. */
export function pictureTag(name: string, alt: string, up = ""): string {
  const source = (theme: string) => `${up}bench/reference/${pictureFile(name, theme)}`;
  return [
    "<picture>",
    `  <source media="(prefers-color-scheme: dark)" srcset="${source("dark")}">`,
    `  <img alt="${alt}" src="${source("light")}" width="100%">`,
    "</picture>",
  ].join("\n");
}
