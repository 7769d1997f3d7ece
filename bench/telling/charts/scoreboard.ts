import type { ResultsView, TrialView } from "../../figures/view.ts";
import { scoreboardOf } from "../../figures/scores.ts";
import type { Score, ScoreColumn, Verdict } from "../../figures/scores.ts";
import { scoreSentence } from "../sentences.ts";
import { placesAxis } from "./drawing/axes.ts";
import { line, text } from "./drawing/marks.ts";
import type { Context } from "./drawing/marks.ts";
import { loadNote } from "./notes.ts";
import type { Picture, Place } from "./drawing/picture.ts";
import { size, sizes } from "./drawing/theme.ts";
import type { Theme } from "./drawing/theme.ts";

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
          cell(context, theme, { left: x - 26, top: y - 17, width: 56, height: 34 }, verdict),
      })),
    padding: { left: 214, right: size.side, bottom: 40, top: 68 },
    scales: () => ({ x: placesAxis(columns.length), y: placesAxis(Math.max(rows.length, 4), true) }),
    points: rows.flatMap(({ label }, row) =>
      columns.map(({ word, scores }, column) => ({
        x: column + 0.5,
        y: row + 0.5,
        label: `${label}: ${word} ${scores[row]?.text}`,
      })),
    ),
    draw: (place) => {
      columnHeads(place, columns, customers);
      for (const [row, { label }] of rows.entries()) {
        const { context, theme, x, y } = place;
        text(context, label, { x: size.side, y: y(row + 0.5) }, { colour: theme.text, weight: 600 });
        for (const [column, { scores }] of columns.entries()) {
          const box = {
            left: x(column) + 3,
            top: y(row) + 3,
            width: x(1) - x(0) - 6,
            height: y(1) - y(0) - 6,
          };
          figure(context, theme, box, scores[row]);
        }
      }
    },
  };
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

function columnHeads(
  { context, theme, x, top }: Place,
  columns: readonly ScoreColumn[],
  customers: number,
): void {
  const quiet = { colour: theme.quiet, pixels: sizes.note, align: "center" } as const;
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

function figure(context: Context, theme: Theme, box: Box, score: Score | undefined): void {
  if (score === undefined) {
    return;
  }
  const { left, top, width, height } = box;
  cell(context, theme, box, score.verdict);
  const colour = score.verdict === "high price" ? theme.onHighPrice : theme.text;
  // A nought is the absence of a figure, and stands back.
  const style = score.text === "0" ? { colour: theme.quiet } : { colour, weight: 600 as const };
  text(context, score.text, { x: left + width / 2, y: top + height / 2 + 1 }, { ...style, align: "center" });
}

/** A shade, and in its corner no mark, one, or two: for eyes and printers that don't tell the shades apart. */
function cell(context: Context, theme: Theme, { left, top, width, height }: Box, verdict: Verdict): void {
  const { good, price, highPrice } = theme;
  context.fillStyle = { good, price, "high price": highPrice }[verdict];
  context.fillRect(left, top, width, height);
  const marks = { good: 0, price: 1, "high price": 2 }[verdict];
  for (let at = 0; at < marks; at += 1) {
    triangle(
      context,
      left + width - 14 - at * 12,
      top + 6,
      verdict === "price" ? theme.works : theme.onHighPrice,
    );
  }
}

function triangle(context: Context, x: number, y: number, colour: string): void {
  context.beginPath();
  context.moveTo(x, y + 8);
  context.lineTo(x + 5, y);
  context.lineTo(x + 10, y + 8);
  context.closePath();
  context.fillStyle = colour;
  context.fill();
}
