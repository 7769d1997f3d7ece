import { capitalized, quantileText, spoken } from "../../figures/format.ts";
import type { Clock, ResultsView, RowView, TrialView } from "../../figures/view.ts";
import { boughtSentence } from "../sentences.ts";
import { logAxis, placesAxis } from "./drawing/axes.ts";
import { arrow, line, ring, square, text, whisker } from "./drawing/marks.ts";
import type { Context, Mark, Point } from "./drawing/marks.ts";
import { loadNote } from "./notes.ts";
import type { Picture, Place } from "./drawing/picture.ts";
import { size, sizes } from "./drawing/theme.ts";

/** Until the customer is answered, and until the device works: a row for each chapter, both clocks in it. */
export function twoClocks(view: ResultsView, day: TrialView): Picture {
  const { rows } = day;
  const p50Of = ({ median }: RowView, clock: Clock) => quantileText(median[clock], "p50Ms");
  const inWords = rows.map(
    (row) => `${row.label}: answered ${p50Of(row, "response")}, device works ${p50Of(row, "activation")}`,
  );
  return {
    name: "two-clocks",
    title: capitalized(boughtSentence(day)),
    description: `Medians by chapter, on a logarithmic axis. ${inWords.join("; ")}.`,
    note: loadNote(view, day),
    legend: ({ answered, works, quiet, background }) => [
      { label: "answered (median)", draw: (context, at) => ring(context, at, answered, background) },
      { label: "device works (median)", draw: (context, at) => square(context, at, works) },
      {
        label: "to the slowest",
        draw: (context, { x, y }) => whisker(context, { x: x - 22, y }, { x: x + 22, y }, quiet),
      },
      ...(rows.some(({ runs }) => runs.length > 1)
        ? [
            {
              label: "medians of the runs",
              draw: (context: Context, { x, y }: Point) => {
                context.globalAlpha = 0.35;
                line(context, { x: x - 24, y }, { x: x + 24, y }, quiet, 16);
                context.globalAlpha = 1;
              },
            },
          ]
        : []),
      {
        label: "never finished",
        draw: (context, { x, y }) => arrow(context, { x: x - 22, y }, x + 26, quiet),
      },
    ],
    padding: { left: 216, right: 190, bottom: 26 },
    scales: (theme) => ({ x: logAxis(theme, rangeOf(rows)), y: placesAxis(rows.length, true) }),
    points: rows.flatMap((row, at) => {
      const { median, label } = row;
      const words = (clock: Clock) => `p50 ${p50Of(row, clock)}`;
      return [
        { x: median.response.p50Ms, y: at + 0.4, label: `${label}: answered ${words("response")}` },
        { x: median.activation.p50Ms, y: at + 0.6, label: `${label}: device works ${words("activation")}` },
      ].flatMap(({ x, ...rest }) => (x === null ? [] : [{ x, ...rest }]));
    }),
    draw: (place) => {
      const { context, theme, y } = place;
      for (const [at, { label, across, median, range }] of rows.entries()) {
        const middle = y(at + 0.5);
        const shift = Math.min((y(1) - y(0)) / 4.2, 20);
        text(context, label, { x: size.side, y: middle }, { colour: theme.text, weight: 600 });
        medianRange(place, range.response.p50Ms, middle - shift, theme.answered);
        medianRange(place, range.activation.p50Ms, middle + shift, theme.works);
        clock(place, across.response, median.response.p50Ms, middle - shift, theme.answered, ring);
        clock(place, across.activation, median.activation.p50Ms, middle + shift, theme.works, square);
      }
    },
  };
}

/** Between the medians of the runs: wide where they differ. */
function medianRange(
  { context, x }: Place,
  [least, most]: readonly [number | null, number | null],
  y: number,
  colour: string,
): void {
  if (least !== null && most !== null && most > least) {
    context.globalAlpha = 0.35;
    line(context, { x: x(least), y }, { x: x(most), y }, colour, 16);
    context.globalAlpha = 1;
  }
}

/** A median, a whisker to the slowest, an arrow for what never finished. */
function clock(
  place: Place,
  times: RowView["across"][Clock],
  p50Ms: number | null,
  y: number,
  colour: string,
  mark: Mark,
): void {
  const { context, theme, right } = place;
  const slowestX = place.x(times.slowestFinishedMs ?? times.watchedMs ?? 1);
  const fromX = p50Ms === null ? slowestX : place.x(p50Ms);
  const toX = Math.max(slowestX, fromX);
  const figure = { colour, pixels: sizes.note, weight: 600 } as const;
  if (times.never > 0) {
    const endX = right + 30;
    arrow(context, { x: toX + 8, y }, endX, colour);
    const waits = times.watchedMs !== undefined;
    text(context, `${times.never} ${waits ? "wait" : "never"}`, { x: endX + 10, y }, figure);
  }
  if (times.slowestFinishedMs !== undefined) {
    whisker(context, { x: fromX, y }, { x: toX, y }, colour);
  }
  if (p50Ms === null && times.watchedMs !== undefined) {
    const words = `median over ${spoken(times.watchedMs)}`;
    text(context, words, { x: slowestX - 18, y }, { ...figure, align: "right" });
  }
  if (p50Ms !== null) {
    mark(context, { x: fromX, y }, colour, theme.background);
    text(context, spoken(p50Ms), { x: fromX - 22, y }, { ...figure, align: "right" });
  }
}

function rangeOf(rows: readonly RowView[]) {
  const clocks = rows.flatMap(({ across }) => [across.response, across.activation]);
  const slowestMs = Math.max(1_000, ...clocks.map(({ slowestFinishedMs }) => slowestFinishedMs ?? 0));
  return { minMs: 1, maxMs: slowestMs * 1.2 };
}
