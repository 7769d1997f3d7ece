import type { SweepPoint } from "#shared/results.ts";
import { counted, quantileText } from "../../figures/format.ts";
import type { ClockName, ResultsView, SweepView, SweptRow } from "../../figures/view.ts";
import { bendSentence } from "../sentences.ts";
import { legendBox, legendMark, logAxis, tickedAxis } from "./drawing/picture.ts";
import {
  arrow,
  box,
  cross,
  line,
  quietStyle,
  ring,
  ringPoints,
  square,
  squarePoints,
  text,
} from "./drawing/marks.ts";
import type { Dataset, Picture, PlotArea } from "./drawing/picture.ts";
import type { Theme } from "#shared/picture/theme.ts";
import { machineNote } from "../words.ts";

// The first is drawn on top if both are equal.
const clocks: readonly ClockName[] = ["response", "activation"];
// Nine marks fit side by side.
const scale = 0.67;
const limit = { width: 3, dash: [10, 7] };
// The space around the lowest and the highest rate, as a factor.
const margin = 1.45;

/** How both clocks grow with the arrival rate, with a panel per chapter, and where it can't keep up. */
export function arrivalRate(view: ResultsView, { rows, plan: { phases } }: SweepView): Picture {
  const rates = rows.flatMap(({ points }) => points.map(({ perSecond }) => perSecond));
  const [least, most] = [Math.min(...rates) / margin, Math.max(...rates) * margin];
  // Half of the space between two panels.
  const gap = (most / least) ** 0.06;
  const vendor = view.vendorPerSecond;
  const allMs = rows.flatMap(({ points }) =>
    points.flatMap((point) => clocks.map((clock) => point[clock].p50Ms ?? 0)),
  );
  // The axis of one panel. The panels are side by side.
  const rateAxis = (theme: Theme) => ({
    ...tickedAxis(theme, {
      type: "logarithmic",
      min: least / gap,
      max: most * gap,
      at: [1, 10, 100],
      label: String,
    }),
    axis: "x" as const,
    position: "bottom" as const,
    stack: "panels",
  });
  return {
    name: "arrival-rate",
    title: bendSentence(view),
    description: `Medians of response time and of the time until the device works, by customers a second, both axes logarithmic. ${rows.map(inWords).join("; ")}.`,
    note: `${phases.map(({ perSecond }) => perSecond).join(", ")} customers a second, ${secondsText(phases)}; ${machineNote(view)}`,
    legend: ({ answered, works, background, trouble, quiet, alarm }) => [
      { label: "answered (p50)", draw: legendMark(ring, { colour: answered, background, scale }) },
      { label: "device works (p50)", draw: legendMark(square, { colour: works, background, scale }) },
      { label: "no steady state", draw: legendBox(trouble) },
      {
        label: `vendor: ${Math.round(vendor)} a second`,
        draw: (context, { x, y }) =>
          line(context, { x, y: y - 20 }, { x, y: y + 20 }, quiet, limit.width, limit.dash),
      },
      {
        label: "longer than watched",
        draw: (context, { x, y }) => arrow(context, { x, y: y + 20 }, { x, y: y - 20 }, quiet),
      },
      { label: "errors", draw: (context, at) => cross(context, at, alarm, 9) },
    ],
    padding: { left: 50, right: 46, bottom: 44, top: 52 },
    scales: (theme) => ({
      y: logAxis(theme, { minMs: 1, maxMs: Math.max(1_000, ...allMs) * 1.6 }),
      ...Object.fromEntries(rows.map((row) => [axisOf(row), rateAxis(theme)])),
    }),
    datasets: (theme) => rows.flatMap((row) => clocks.map((clock) => curve(row, clock, theme))),
    drawBehind: (area) => {
      for (const row of rows) {
        const x = (rate: number) => area.x(rate, axisOf(row));
        drawPanel({ ...area, x, left: x(least), right: x(most) }, row, vendor);
      }
      const middle = { x: (area.left + area.right) / 2, y: area.bottom + 72 };
      text(area.context, "customers a second", middle, quietStyle(area.theme, "center"));
    },
  };
}

const axisOf = ({ id }: SweptRow) => `x ${id}`;

function curve(row: SweptRow, clock: ClockName, theme: Theme): Dataset {
  const known = row.points.flatMap((point) => {
    const ms = point[clock].p50Ms;
    return ms === null ? [] : [{ point, ms }];
  });
  const colour = clock === "response" ? theme.answered : theme.works;
  const grounds = known.map(({ point }) => (point.steady ? theme.background : theme.trouble));
  return {
    xAxisID: axisOf(row),
    data: known.map(({ point, ms }) => ({
      x: point.perSecond,
      y: ms,
      label: wordsOf(row.label, point, clock),
    })),
    showLine: true,
    borderColor: colour,
    borderWidth: 4,
    ...(clock === "response" ? ringPoints(colour, grounds, scale) : squarePoints(colour, scale)),
  };
}

function drawPanel(area: PlotArea, { label, points }: SweptRow, vendor: number): void {
  const { context, theme, left, right, top, bottom, x } = area;
  for (const [at, { perSecond, steady }] of points.entries()) {
    if (!steady) {
      const from = x(Math.sqrt(perSecond * (points[at - 1]?.perSecond ?? perSecond / margin)));
      const next = points[at + 1]?.perSecond;
      const to = next === undefined ? right : x(Math.sqrt(perSecond * next));
      // Half a pixel wider, or there would be a seam between adjacent bands.
      box(context, { x: from, y: top, width: to - from + 0.5, height: bottom - top }, theme.trouble);
    }
  }
  const most = x(vendor);
  line(context, { x: most, y: top }, { x: most, y: bottom }, theme.quiet, limit.width, limit.dash);
  text(context, label, { x: left, y: top - 28 }, { colour: theme.text, weight: 700 });
  for (const { perSecond, errors, response, activation } of points) {
    const at = x(perSecond);
    // Two clocks that both never end are shown side by side.
    if (response.p50Ms === null) {
      arrow(context, { x: at - 7, y: top + 52 }, { x: at - 7, y: top + 4 }, theme.answered);
    }
    if (activation.p50Ms === null) {
      arrow(context, { x: at + 7, y: top + 52 }, { x: at + 7, y: top + 4 }, theme.works);
    }
    if (errors > 0) {
      cross(context, { x: at, y: bottom - 20 }, theme.alarm, 8);
    }
  }
}

function secondsText(phases: readonly { seconds: number }[]): string {
  const seconds = phases.map((phase) => phase.seconds);
  const [least, most] = [Math.min(...seconds), Math.max(...seconds)];
  return least === most ? `${least} s each` : `${least} to ${most} s each`;
}

function wordsOf(label: string, point: SweepPoint, clock: ClockName): string {
  const what = clock === "response" ? "answered" : "device works";
  const errors = point.errors > 0 ? `, ${counted(point.errors, "error")}` : "";
  const steady = point.steady ? "" : ", no steady state";
  return `${label}, ${point.perSecond} a second: ${what} p50 ${quantileText(point[clock], "p50Ms")}${errors}${steady}`;
}

function inWords({ label, points }: SweptRow): string {
  const each = points.map(({ perSecond, response, activation, steady }) => {
    const times = `${quantileText(response, "p50Ms")} and ${quantileText(activation, "p50Ms")}`;
    return `${perSecond} a second ${times}${steady ? "" : " (no steady state)"}`;
  });
  return `${label}: ${each.join(", ")}`;
}
