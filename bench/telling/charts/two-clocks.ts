import { capitalized, quantileText, spoken } from "../../figures/format.ts";
import type { ClockName, ResultsView, RowView, TrialView } from "../../figures/view.ts";
import { boughtSentence } from "../sentences.ts";
import { legendLine, legendMark, legendWhisker, logAxis, placesAxis } from "./drawing/picture.ts";
import { arrow, line, ring, square, text, whisker } from "./drawing/marks.ts";
import type { Mark } from "./drawing/marks.ts";
import { loadNote } from "../words.ts";
import type { Picture, PlotArea } from "./drawing/picture.ts";
import { size, sizes } from "#shared/picture/theme.ts";

/** One of the two clocks, and how it looks. */
interface ClockStyle {
  clock: ClockName;
  means: string;
  colour: "answered" | "works";
  mark: Mark;
  /** Above or below the middle of a row. */
  side: -1 | 1;
}

const clocks: readonly ClockStyle[] = [
  { clock: "response", means: "answered", colour: "answered", mark: ring, side: -1 },
  { clock: "activation", means: "device works", colour: "works", mark: square, side: 1 },
];
// The medians' range has a third of its clock's opacity, in two hexadecimal digits.
const rangeAlpha = "59";

/** Until the customer is answered, and until the device works: a row per chapter with both clocks. */
export function twoClocks(view: ResultsView, day: TrialView): Picture {
  const { rows } = day;
  const inWords = rows.map((row) => {
    const times = clocks.map(({ clock, means }) => `${means} ${quantileText(row.median[clock], "p50Ms")}`);
    return `${row.label}: ${times.join(", ")}`;
  });
  // In rows. With few rows there is more room than the marks need.
  const shift = Math.min(0.24, 0.037 * rows.length);
  return {
    name: "two-clocks",
    title: capitalized(boughtSentence(day)),
    description: `Medians by chapter, on a logarithmic axis. ${inWords.join("; ")}.`,
    note: loadNote(view, day),
    legend: ({ quiet, background, ...colours }) => [
      ...clocks.map(({ means, colour, mark }) => ({
        label: `${means} (median)`,
        draw: legendMark(mark, { colour: colours[colour], background }),
      })),
      { label: "to the slowest", draw: legendWhisker(quiet) },
      ...(rows.some(({ runs }) => runs.length > 1)
        ? [{ label: "medians of the runs", draw: legendLine(`${quiet}${rangeAlpha}`, 16) }]
        : []),
      {
        label: "never finished",
        draw: (context, { x, y }) => arrow(context, { x: x - 22, y }, { x: x + 26, y }, quiet),
      },
    ],
    padding: { left: 216, right: 190, bottom: 26 },
    scales: (theme) => ({ x: logAxis(theme, rangeOf(rows)), y: placesAxis(rows.length, true) }),
    spots: rows.flatMap((row, at) =>
      clocks.flatMap(({ clock, means, side }) => {
        const x = row.median[clock].p50Ms;
        const label = `${row.label}: ${means} p50 ${quantileText(row.median[clock], "p50Ms")}`;
        return x === null ? [] : [{ x, y: at + 0.5 + side * shift, label }];
      }),
    ),
    // Drawn by hand: datasets were longer, since most of it is words beside marks.
    draw: (area) => {
      for (const [at, row] of rows.entries()) {
        const { context, theme, y } = area;
        text(context, row.label, { x: size.side, y: y(at + 0.5) }, { colour: theme.text, weight: 600 });
        for (const style of clocks) {
          drawClock(area, row, style, y(at + 0.5 + style.side * shift));
        }
      }
    },
  };
}

/** A median with its range over the runs, a whisker to the slowest, an arrow for what never finished. */
function drawClock(area: PlotArea, row: RowView, { clock, mark, ...style }: ClockStyle, y: number): void {
  const { context, theme, right, x } = area;
  const { never, slowestFinishedMs, watchedMs } = row.across[clock];
  const { p50Ms } = row.median[clock];
  const [least, most] = row.range[clock].p50Ms;
  const slowestX = x(slowestFinishedMs ?? watchedMs ?? 1);
  const fromX = p50Ms === null ? slowestX : x(p50Ms);
  const toX = Math.max(slowestX, fromX);
  const colour = theme[style.colour];
  const words = { colour, pixels: sizes.note, weight: 600 } as const;
  if (least !== null && most !== null && most > least) {
    line(context, { x: x(least), y }, { x: x(most), y }, `${colour}${rangeAlpha}`, 16);
  }
  if (never > 0) {
    const endX = right + 30;
    arrow(context, { x: toX + 8, y }, { x: endX, y }, colour);
    text(context, `${never} ${watchedMs === undefined ? "never" : "wait"}`, { x: endX + 10, y }, words);
  }
  if (slowestFinishedMs !== undefined) {
    whisker(context, { x: fromX, y }, { x: toX, y }, colour);
  }
  if (p50Ms !== null) {
    mark(context, { x: fromX, y }, { colour, background: theme.background });
    text(context, spoken(p50Ms), { x: fromX - 22, y }, { ...words, align: "right" });
  } else if (watchedMs !== undefined) {
    text(context, `median over ${spoken(watchedMs)}`, { x: slowestX - 18, y }, { ...words, align: "right" });
  }
}

function rangeOf(rows: readonly RowView[]) {
  const slowest = rows.flatMap(({ across }) =>
    clocks.map(({ clock }) => across[clock].slowestFinishedMs ?? 0),
  );
  return { minMs: 1, maxMs: Math.max(1_000, ...slowest) * 1.2 };
}
