import type { Results } from "#shared/results.ts";
import { measuredRows } from "../../figures/medians.ts";
import { scoreboardOf } from "../../figures/scores.ts";
import { stormSentence } from "../storm-sentences.ts";
import { bendOf, bendSentence, sweptRowsOf } from "../sweep-sentences.ts";
import { table } from "./markdown.ts";
import { picture } from "./pictures.ts";
import { sourceLine } from "./source-line.ts";

const noStorm = "The reference run has no storm. `npm run bench:storm` measures one.";
const noSweep = "The reference run has no sweep. `npm run bench:full` measures one.";

/** What each chapter made of the storm: a sentence, the picture, and every figure. */
export function scoreboardBlock(results: Results): string {
  return measuredRows(results, "storm").length === 0
    ? noStorm
    : [
        stormSentence(results),
        ...picture(results, "storm"),
        scoreTable(results),
        sourceLine(results, "storm"),
      ].join("\n\n");
}

/** Where the chapters bend. */
export function sweepBlock(results: Results): string {
  return sweptRowsOf(results).length === 0
    ? noSweep
    : [bendSentence(results), ...picture(results, "arrival-rate"), sourceLine(results, "sweep")].join("\n\n");
}

/** The storm of these chapters alone, for a chapter's README. */
export function stormBlock(results: Results, chapters: readonly string[]): string {
  const own = measuredRows(results, "storm").filter(({ chapter }) => chapters.includes(chapter));
  return own.length === 0
    ? noStorm
    : [scoreTable(results, chapters), sourceLine(results, "storm", "../../")].join("\n\n");
}

/** Up to which rate this chapter does as much as comes. */
export function bendBlock(results: Results, chapter: string): string {
  const row = results.chapters.find((each) => each.chapter === chapter);
  const bend = row === undefined ? undefined : bendOf(row);
  if (bend === undefined) {
    return noSweep;
  }
  const { steadyUpTo, overFrom, fails } = bend;
  const upTo =
    steadyUpTo === undefined
      ? "No rate that was tried is steady."
      : `As much is done as comes, up to ${steadyUpTo} customers a second${overFrom === undefined ? ", the highest rate that was tried" : ""}.`;
  const beyond =
    overFrom === undefined
      ? []
      : [
          `From ${overFrom} a second on, ${fails ? "customers get errors" : "the line grows as long as they come"}.`,
        ];
  return [[upTo, ...beyond].join(" "), sourceLine(results, "sweep", "../../")].join("\n\n");
}

function scoreTable(results: Results, chapters?: readonly string[]): string {
  const { rows, columns } = scoreboardOf(results);
  const shown = [...rows.entries()].filter(
    ([, { chapter }]) => chapters === undefined || chapters.includes(chapter),
  );
  // The clock is named once: the second column of a group is under the same one.
  const titles = columns.map(({ group, title }, at) =>
    group === "of all customers" || group === columns[at - 1]?.group ? title : `${group} ${title}`,
  );
  const cells = shown.map(([at, { label }]) => [
    label,
    ...columns.map(({ scores }) => scores[at]?.text ?? "-"),
  ]);
  return table(
    ["", ...titles],
    cells,
    columns.map((_column, at) => at + 1),
  );
}
