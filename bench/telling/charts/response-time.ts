import type { Quantiles } from "#shared/results.ts";
import { capitalized, quantileText, spoken } from "../../figures/format.ts";
import type { ResultsView, RowView, TrialView } from "../../figures/view.ts";
import { rateText } from "../words.ts";
import { fastestSentence } from "../sentences.ts";
import { logAxis, placesAxis } from "./drawing/axes.ts";
import { ring, square, text, whisker } from "./drawing/marks.ts";
import type { Context, Mark, Point } from "./drawing/marks.ts";
import { loadNote } from "./notes.ts";
import type { Picture, Place } from "./drawing/picture.ts";
import { sizes } from "./drawing/theme.ts";

/** How long an answer takes, by chapter: to customers who come when they come, and asked as fast as it answers. */
export function responseTime(view: ResultsView, day: TrialView): Picture {
  const { rows, plan } = day;
  const connections = rows.flatMap((row) => row.closedLoop?.connections ?? [])[0];
  const inWords = rows.map(({ label, closedLoop, median }) => {
    const closed = closedLoop ? `, ${quantileText(closedLoop.response, "p50Ms")} as fast as it can` : "";
    return `${label}: ${quantileText(median.response, "p50Ms")}${closed}`;
  });
  return {
    name: "response-time",
    title: capitalized(fastestSentence(day)),
    description: `Median response times by chapter, on a logarithmic axis. ${inWords.join("; ")}.`,
    note: loadNote(view, day),
    legend: ({ answered, second, background, quiet }) => [
      {
        label: `customers come, ${rateText(plan)} (median)`,
        draw: (context, at) => ring(context, at, answered, background),
      },
      ...(connections === undefined
        ? []
        : [
            {
              label: `${connections} connections, asking again at once (median)`,
              draw: (context: Context, at: Point) => square(context, at, second),
            },
          ]),
      {
        label: "to the slowest",
        draw: (context, { x, y }) => whisker(context, { x: x - 22, y }, { x: x + 22, y }, quiet),
      },
    ],
    padding: { left: 60, right: 60, bottom: 90 },
    scales: (theme) => ({
      x: placesAxis(rows.length),
      y: logAxis(theme, { minMs: 1, maxMs: Math.max(1_000, ...rows.flatMap(slowest)) * 1.3 }),
    }),
    points: rows.flatMap((row, at) => {
      const { label, median, closedLoop } = row;
      const shift = closedLoop ? 0.12 : 0;
      const open = `${label}: customers come, answered p50 ${quantileText(median.response, "p50Ms")}`;
      const closed = `${label}: ${closedLoop?.connections} connections, answered p50 ${quantileText(closedLoop?.response ?? row.run.response, "p50Ms")}`;
      return [
        { x: at + 0.5 - shift, y: median.response.p50Ms, label: open },
        { x: at + 0.5 + shift, y: closedLoop?.response.p50Ms ?? null, label: closed },
      ].flatMap(({ y, ...rest }) => (y === null ? [] : [{ ...rest, y }]));
    }),
    draw: (place) => {
      const { context, theme, bottom } = place;
      for (const [at, { label, across, median, closedLoop }] of rows.entries()) {
        const middle = place.x(at + 0.5);
        const name = { colour: theme.text, weight: 600, align: "center" } as const;
        text(context, label, { x: middle, y: bottom + 40 }, name);
        const shift = closedLoop ? 24 : 0;
        const { slowestFinishedMs } = across.response;
        const open = {
          p50Ms: median.response.p50Ms,
          ...(slowestFinishedMs !== undefined && { slowestFinishedMs }),
        };
        column(place, middle - shift, open, { colour: theme.answered, mark: ring, figure: "below" });
        if (closedLoop) {
          const style = { colour: theme.second, mark: square, figure: "above" } as const;
          column(place, middle + shift, closedLoop.response, style);
        }
      }
    },
  };
}

function slowest({ runs, closedLoop }: RowView): number[] {
  return [...runs.map(({ response }) => response), closedLoop?.response].flatMap(
    (each) => each?.slowestFinishedMs ?? [],
  );
}

interface ColumnStyle {
  colour: string;
  mark: Mark;
  /** Two columns stand close: the figures get out of each other's way. */
  figure: "above" | "below";
}

function column(
  place: Place,
  x: number,
  { p50Ms, slowestFinishedMs }: Pick<Quantiles, "p50Ms" | "slowestFinishedMs">,
  { colour, mark, figure }: ColumnStyle,
): void {
  if (p50Ms === null) {
    return;
  }
  const { context, theme } = place;
  const at = { x, y: place.y(p50Ms) };
  const top = place.y(slowestFinishedMs ?? p50Ms);
  whisker(context, at, { x, y: top }, colour);
  mark(context, at, colour, theme.background);
  const y = figure === "below" ? at.y + 36 : Math.min(top, at.y - 12) - 24;
  text(context, spoken(p50Ms), { x, y }, { colour, pixels: sizes.note, weight: 600, align: "center" });
}
