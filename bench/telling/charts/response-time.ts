import type { Quantiles } from "#shared/results.ts";
import { capitalized, quantileText, spoken } from "../../figures/format.ts";
import type { ResultsView, RowView, TrialView } from "../../figures/view.ts";
import { fastestSentence } from "../sentences.ts";
import { loadNote, rateText } from "../words.ts";
import { legendMark, legendWhisker, logAxis, placesAxis } from "./drawing/picture.ts";
import { ring, square, text, whisker } from "./drawing/marks.ts";
import type { Mark } from "./drawing/marks.ts";
import type { Picture, PlotArea, Spot } from "./drawing/picture.ts";
import { sizes } from "#shared/picture/theme.ts";

/** A median with its slowest. */
interface Column extends Spot {
  slowestMs: number;
}

/** How long an answer takes, by chapter: for customers who come in their own time, and under as much load as it can answer. */
export function responseTime(view: ResultsView, day: TrialView): Picture {
  const { rows, plan } = day;
  const inWords = rows.map(({ label, closedLoop, median }) => {
    const closed = closedLoop ? `, ${quantileText(closedLoop.response, "p50Ms")} as fast as it can` : "";
    return `${label}: ${quantileText(median.response, "p50Ms")}${closed}`;
  });
  const { open, closed, connections } = columnsOf(rows);
  const slowestMs = Math.max(1_000, ...[...open, ...closed].map((column) => column.slowestMs));
  return {
    name: "response-time",
    title: capitalized(fastestSentence(day)),
    description: `Median response times by chapter, on a logarithmic axis. ${inWords.join("; ")}.`,
    note: loadNote(view, day),
    legend: ({ answered, second, background, quiet }) => [
      {
        label: `customers come, ${rateText(plan)} (median)`,
        draw: legendMark(ring, { colour: answered, background }),
      },
      ...(connections === undefined
        ? []
        : [
            {
              label: `${connections} connections, asking again at once (median)`,
              draw: legendMark(square, { colour: second, background }),
            },
          ]),
      { label: "to the slowest", draw: legendWhisker(quiet) },
    ],
    padding: { left: 60, right: 60, bottom: 90 },
    scales: (theme) => ({
      x: placesAxis(rows.length),
      y: logAxis(theme, { minMs: 1, maxMs: slowestMs * 1.3 }),
    }),
    spots: [...open, ...closed],
    // Drawn by hand: as datasets, the marks and whiskers took 10 lines more and 1 kB of SVG.
    draw: (area) => {
      const { context, theme, x, bottom } = area;
      for (const [at, { label }] of rows.entries()) {
        const name = { colour: theme.text, weight: 600, align: "center" } as const;
        text(context, label, { x: x(at + 0.5), y: bottom + 40 }, name);
      }
      for (const column of open) {
        drawColumn(area, column, { colour: theme.answered, mark: ring, words: "below" });
      }
      for (const column of closed) {
        drawColumn(area, column, { colour: theme.second, mark: square, words: "above" });
      }
    },
  };
}

function drawColumn(
  { context, theme, ...area }: PlotArea,
  column: Column,
  // Two columns are close together, so the words of one are below its mark, and those of the other above.
  { colour, mark, words }: { colour: string; mark: Mark; words: "above" | "below" },
): void {
  const [x, y, top] = [area.x(column.x), area.y(column.y), area.y(column.slowestMs)];
  whisker(context, { x, y }, { x, y: top }, colour);
  mark(context, { x, y }, { colour, background: theme.background });
  const wordsY = words === "below" ? y + 36 : Math.min(top, y - 12) - 24;
  const style = { colour, pixels: sizes.note, weight: 600, align: "center" } as const;
  text(context, spoken(column.y), { x, y: wordsY }, style);
}

// Between a chapter's two columns, for the whole width.
const apart = 0.034;

/** A column for the customers of each row, and one beside it for its connections, if there were any. */
function columnsOf(rows: readonly RowView[]) {
  const columnAt = (x: number, label: string, { p50Ms, slowestFinishedMs }: Partial<Quantiles>): Column[] =>
    typeof p50Ms === "number" ? [{ x, y: p50Ms, slowestMs: slowestFinishedMs ?? p50Ms, label }] : [];
  const shift = (apart / 2) * rows.length;
  return {
    open: rows.flatMap(({ label, median, across, closedLoop }, at) => {
      const words = `${label}: customers come, answered p50 ${quantileText(median.response, "p50Ms")}`;
      const times = { p50Ms: median.response.p50Ms, ...across.response };
      return columnAt(at + 0.5 - (closedLoop ? shift : 0), words, times);
    }),
    closed: rows.flatMap(({ label, closedLoop }, at) => {
      if (closedLoop === undefined) {
        return [];
      }
      const { connections, response } = closedLoop;
      const words = `${label}: ${connections} connections, answered p50 ${quantileText(response, "p50Ms")}`;
      return columnAt(at + 0.5 + shift, words, response);
    }),
    connections: rows.find(({ closedLoop }) => closedLoop)?.closedLoop?.connections,
  };
}
