import type { SweepPoint } from "#shared/results.ts";
import { counted, quantileText } from "../../figures/format.ts";
import type { Clock, ResultsView, SweepView, SweptRow } from "../../figures/view.ts";
import { bendSentence } from "../sentences.ts";
import { logAxis, placesAxis } from "./drawing/axes.ts";
import { arrowUp, cross, line, path, ring, square, text } from "./drawing/marks.ts";
import type { Context, Point } from "./drawing/marks.ts";
import { machineNote } from "./notes.ts";
import type { Picture, Place } from "./drawing/picture.ts";
import { sizes } from "./drawing/theme.ts";

// Between two panels, as a share of a panel.
const gap = 0.12;
// Around the lowest and the highest rate, as a factor.
const margin = 1.45;

/** How both clocks grow with what comes in: a panel for each chapter, and where it can't keep up. */
export function arrivalRate(view: ResultsView, { rows, plan }: SweepView): Picture {
  const { phases } = plan;
  const rates = rows.flatMap(({ points }) => points.map(({ perSecond }) => perSecond));
  const [least, most] = [Math.min(...rates) / margin, Math.max(...rates) * margin];
  const share = (rate: number) => Math.log(rate / least) / Math.log(most / least);
  const vendor = view.vendorPerSecond;
  const allMs = rows.flatMap(({ points }) => points.flatMap(mediansOf)).map(({ ms }) => ms ?? 0);
  return {
    name: "arrival-rate",
    title: bendSentence(view),
    description: `Medians of response time and of the time until the device works, by customers a second, both axes logarithmic. ${rows.map(inWords).join("; ")}.`,
    note: `${phases.map(({ perSecond }) => perSecond).join(", ")} customers a second, ${secondsText(phases)}; ${machineNote(view)}`,
    legend: ({ answered, works, background, trouble, quiet, alarm }) => [
      {
        label: "answered (p50)",
        draw: (context, at) => small(context, at, () => ring(context, at, answered, background)),
      },
      {
        label: "device works (p50)",
        draw: (context, at) => small(context, at, () => square(context, at, works)),
      },
      {
        label: "no steady state",
        draw: (context, { x, y }) => fill(context, { x: x - 26, y: y - 18, width: 52, height: 36 }, trouble),
      },
      {
        label: `vendor: ${Math.round(vendor)} a second`,
        draw: (context, { x, y }) => limitLine(context, x, { from: y - 20, to: y + 20 }, quiet),
      },
      {
        label: "longer than watched",
        draw: (context, { x, y }) => arrowUp(context, { x, y: y + 20 }, y - 20, quiet),
      },
      { label: "errors", draw: (context, at) => cross(context, at, alarm, 9) },
    ],
    padding: { left: 50, right: 60, bottom: 100, top: 52 },
    scales: (theme) => ({
      x: placesAxis(rows.length + Math.max(rows.length - 1, 0) * gap),
      y: logAxis(theme, { minMs: 1, maxMs: Math.max(1_000, ...allMs) * 1.6 }),
    }),
    points: rows.flatMap(({ label, points }, at) =>
      points.flatMap((point) =>
        mediansOf(point).flatMap(({ clock, ms }) =>
          ms === null
            ? []
            : [{ x: at * (1 + gap) + share(point.perSecond), y: ms, label: wordsOf(label, point, clock) }],
        ),
      ),
    ),
    draw: (place) => {
      for (const [at, { label, points }] of rows.entries()) {
        const left = place.x(at * (1 + gap));
        const right = place.x(at * (1 + gap) + 1);
        const x = (rate: number) => left + share(rate) * (right - left);
        panel({ ...place, left, right, x }, { label, points, vendor });
      }
      const words = { colour: place.theme.quiet, pixels: sizes.note, align: "center" } as const;
      text(
        place.context,
        "customers a second",
        { x: (place.left + place.right) / 2, y: place.bottom + 72 },
        words,
      );
    },
  };
}

const mediansOf = ({ response, activation }: SweepPoint): { clock: Clock; ms: number | null }[] => [
  { clock: "response", ms: response.p50Ms },
  { clock: "activation", ms: activation.p50Ms },
];

interface Panel {
  label: string;
  points: readonly SweepPoint[];
  vendor: number;
}

function panel(place: Place, { label, points, vendor }: Panel): void {
  const { context, theme, left, right, top, bottom, x } = place;
  for (const [at, { perSecond, steady }] of points.entries()) {
    if (!steady) {
      const from = x(Math.sqrt(perSecond * (points[at - 1]?.perSecond ?? perSecond / margin)));
      const next = points[at + 1]?.perSecond;
      const to = next === undefined ? right : x(Math.sqrt(perSecond * next));
      // Half a pixel more, or two bands that touch would show a seam.
      fill(context, { x: from, y: top, width: to - from + 0.5, height: bottom - top }, theme.trouble);
    }
  }
  for (const rate of [1, 10, 100].filter((each) => x(each) >= left - 1 && x(each) <= right)) {
    line(context, { x: x(rate), y: top }, { x: x(rate), y: bottom }, theme.grid, 2);
    text(
      context,
      String(rate),
      { x: x(rate), y: bottom + 30 },
      { colour: theme.quiet, pixels: sizes.note, align: "center" },
    );
  }
  limitLine(context, x(vendor), { from: top, to: bottom }, theme.quiet);
  text(context, label, { x: left, y: top - 28 }, { colour: theme.text, weight: 700 });
  curve(place, points, "activation");
  curve(place, points, "response");
  for (const { perSecond } of points.filter(({ errors }) => errors > 0)) {
    cross(context, { x: x(perSecond), y: bottom - 20 }, theme.alarm, 8);
  }
}

function curve({ context, theme, x, y, top }: Place, points: readonly SweepPoint[], clock: Clock): void {
  const colour = clock === "response" ? theme.answered : theme.works;
  const known = points.flatMap(({ perSecond, [clock]: { p50Ms } }) =>
    p50Ms === null ? [] : [{ x: x(perSecond), y: y(p50Ms) }],
  );
  path(context, known, { colour, width: 4 });
  for (const {
    perSecond,
    steady,
    [clock]: { p50Ms },
  } of points) {
    const at = { x: x(perSecond), y: y(p50Ms ?? 1) };
    if (p50Ms === null) {
      // Two clocks that both never end stand side by side.
      const aside = clock === "response" ? -7 : 7;
      arrowUp(context, { x: at.x + aside, y: top + 52 }, top + 4, colour);
    } else if (clock === "response") {
      small(context, at, () => ring(context, at, colour, steady ? theme.background : theme.trouble));
    } else {
      small(context, at, () => square(context, at, colour));
    }
  }
}

/** A mark at two thirds of its size: nine of them stand side by side. */
function small(context: Context, { x, y }: Point, draw: () => void): void {
  context.save();
  context.translate(x, y);
  context.scale(0.67, 0.67);
  context.translate(-x, -y);
  draw();
  context.restore();
}

function limitLine(context: Context, x: number, { from, to }: { from: number; to: number }, colour: string) {
  path(
    context,
    [
      { x, y: from },
      { x, y: to },
    ],
    { colour, width: 3, dash: [10, 7] },
  );
}

function fill(
  context: Context,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
  colour: string,
): void {
  context.fillStyle = colour;
  context.fillRect(x, y, width, height);
}

function secondsText(phases: readonly { seconds: number }[]): string {
  const seconds = phases.map((phase) => phase.seconds);
  const [least, most] = [Math.min(...seconds), Math.max(...seconds)];
  return least === most ? `${least} s each` : `${least} to ${most} s each`;
}

function wordsOf(label: string, point: SweepPoint, clock: Clock): string {
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
