import type { Quantiles, Results } from "#shared/results.ts";
import { capitalized, quantileText, spoken } from "../format.ts";
import { measuredRows } from "../medians.ts";
import { boughtSentence } from "../sentences.ts";
import { logAxis, placesAxis } from "./axes.ts";
import { arrow, ring, square, text, whisker } from "./marks.ts";
import type { Mark } from "./marks.ts";
import { loadNote } from "./notes.ts";
import type { Picture, Place } from "./picture.ts";
import { size, sizes } from "./theme.ts";

/** Until the customer is answered, and until the device works: a row for each chapter, both clocks in it. */
export function twoClocks(results: Results): Picture {
  const rows = measuredRows(results);
  const inWords = rows.map(({ label, run }) => {
    const [answered, works] = [run.response, run.activation].map((each) => quantileText(each, "p50Ms"));
    return `${label}: answered ${answered}, device works ${works}`;
  });
  return {
    name: "two-clocks",
    title: capitalized(boughtSentence(results)),
    description: `Medians by chapter, on a logarithmic axis. ${inWords.join("; ")}.`,
    note: loadNote(results),
    legend: ({ answered, works, quiet, background }) => [
      { label: "customer answered (median)", draw: (context, at) => ring(context, at, answered, background) },
      { label: "device works (median)", draw: (context, at) => square(context, at, works) },
      {
        label: "to the slowest",
        draw: (context, { x, y }) => whisker(context, { x: x - 22, y }, { x: x + 22, y }, quiet),
      },
      {
        label: "never finished",
        draw: (context, { x, y }) => arrow(context, { x: x - 22, y }, x + 26, quiet),
      },
    ],
    padding: { left: 216, right: 190, bottom: 26 },
    scales: (theme) => ({ x: logAxis(theme, rangeOf(rows)), y: placesAxis(rows.length, true) }),
    draw: (place) => {
      const { context, theme, y } = place;
      for (const [at, { label, run, median }] of rows.entries()) {
        const middle = y(at + 0.5);
        const shift = Math.min((y(1) - y(0)) / 4.2, 20);
        text(context, label, { x: size.side, y: middle }, { colour: theme.text, weight: 600 });
        clock(place, run.response, median.response.p50Ms, middle - shift, theme.answered, ring);
        clock(place, run.activation, median.activation.p50Ms, middle + shift, theme.works, square);
      }
    },
  };
}

/** A median, a whisker to the slowest, an arrow for what never finished. */
function clock(
  place: Place,
  times: Quantiles,
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

function rangeOf(rows: ReturnType<typeof measuredRows>) {
  const clocks = rows.flatMap(({ run }) => [run.response, run.activation]);
  const slowestMs = Math.max(1_000, ...clocks.map(({ slowestFinishedMs }) => slowestFinishedMs ?? 0));
  return { minMs: 1, maxMs: slowestMs * 1.2 };
}
