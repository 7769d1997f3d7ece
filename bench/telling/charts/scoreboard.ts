import type { ResultsView, TrialView } from "../../figures/view.ts";
import { scoreboardOf } from "../../figures/scores.ts";
import type { Score, ScoreColumn, Verdict } from "../../figures/scores.ts";
import { scoreSentence } from "../sentences.ts";
import { placesAxis } from "./drawing/picture.ts";
import { box, line, polygon, quietStyle, text } from "./drawing/marks.ts";
import type { CanvasContext, Rectangle } from "./drawing/marks.ts";
import { loadNote } from "../words.ts";
import type { Picture, PlotArea } from "./drawing/picture.ts";
import { size } from "#shared/picture/theme.ts";
import type { Theme } from "#shared/picture/theme.ts";

/** What every chapter bought and paid in the storm: a table in which prices stand out. */
export function scoreboard(view: ResultsView, storm: TrialView): Picture {
  const { rows, plan } = storm;
  const columns = scoreboardOf(storm);
  const customers = plan.customers * plan.runs;
  const lines = rows.map(({ label }, at) => {
    const each = columns.map(({ word, scores }) => `${word} ${scores[at]?.text}`);
    return `${label}: ${each.join(", ")}`;
  });
  const summed = plan.runs > 1 ? "; medians of times, sums of counts" : "";
  return {
    name: "scoreboard",
    title: scoreSentence(storm),
    description: `What the storm did to each chapter. ${lines.join("; ")}.`,
    note: `${loadNote(view, storm)}${summed}`,
    legend: (theme) =>
      [
        { label: "as good as any", verdict: "good" as const },
        { label: "a price", verdict: "price" as const },
        { label: "a high price", verdict: "high price" as const },
      ].map(({ label, verdict }) => ({
        label,
        draw: (context, { x, y }) =>
          cell(context, theme, { x: x - 26, y: y - 17, width: 56, height: 34 }, verdict),
      })),
    padding: { left: 214, right: size.side, bottom: 40, top: 68 },
    scales: () => ({ x: placesAxis(columns.length), y: placesAxis(Math.max(rows.length, 4), true) }),
    spots: rows.flatMap(({ label }, row) =>
      columns.map(({ word, scores }, column) => ({
        x: column + 0.5,
        y: row + 0.5,
        label: `${label}: ${word} ${scores[row]?.text}`,
      })),
    ),
    draw: (area) => {
      columnHeads(area, columns, customers);
      const { context, theme, x, y } = area;
      for (const [row, { label }] of rows.entries()) {
        text(context, label, { x: size.side, y: y(row + 0.5) }, { colour: theme.text, weight: 600 });
        for (const [column, { scores }] of columns.entries()) {
          const [left, top] = [x(column) + 3, y(row) + 3];
          const place = { x: left, y: top, width: x(column + 1) - left - 3, height: y(row + 1) - top - 3 };
          figure(context, theme, place, scores[row]);
        }
      }
    },
  };
}

function columnHeads(
  { context, theme, x, top }: PlotArea,
  columns: readonly ScoreColumn[],
  customers: number,
): void {
  const quiet = quietStyle(theme, "center");
  for (const [at, { title }] of columns.entries()) {
    text(context, title, { x: x(at + 0.5), y: top - 20 }, quiet);
  }
  for (const group of new Set(columns.map((column) => column.group))) {
    const first = columns.findIndex((column) => column.group === group);
    const after = columns.findLastIndex((column) => column.group === group) + 1;
    const words = group === "of all customers" ? `of ${customers.toLocaleString("en")} customers` : group;
    text(
      context,
      words,
      { x: (x(first) + x(after)) / 2, y: top - 56 },
      { ...quiet, colour: theme.text, weight: 600 },
    );
    line(context, { x: x(first) + 3, y: top - 39 }, { x: x(after) - 3, y: top - 39 }, theme.grid, 3);
  }
}

function figure(context: CanvasContext, theme: Theme, place: Rectangle, score: Score | undefined): void {
  if (score === undefined) {
    return;
  }
  cell(context, theme, place, score.verdict);
  const colour = score.verdict === "high price" ? theme.onHighPrice : theme.text;
  // A 0 is the absence of a cost, so it is less prominent.
  const style = score.text === "0" ? { colour: theme.quiet } : { colour, weight: 600 as const };
  const middle = { x: place.x + place.width / 2, y: place.y + place.height / 2 + 1 };
  text(context, score.text, middle, { ...style, align: "center" });
}

/** A shade, with no mark, one or two in its corner, for eyes and printers that can't tell the shades apart. */
function cell(context: CanvasContext, theme: Theme, place: Rectangle, verdict: Verdict): void {
  const { good, price, highPrice, works, onHighPrice } = theme;
  box(context, place, { good, price, "high price": highPrice }[verdict]);
  const marks = { good: 0, price: 1, "high price": 2 }[verdict];
  for (let at = 0; at < marks; at += 1) {
    const [x, y] = [place.x + place.width - 14 - at * 12, place.y + 6];
    const corners = [
      { x, y: y + 8 },
      { x: x + 5, y },
      { x: x + 10, y: y + 8 },
    ];
    polygon(context, corners, verdict === "price" ? works : onHighPrice);
  }
}
