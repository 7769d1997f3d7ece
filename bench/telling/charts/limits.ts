import type { Limit } from "#shared/limit.ts";
import { listed } from "../../figures/format.ts";
import {
  brokeText,
  confidenceText,
  intervalText,
  isOfFlood,
  promiseText,
  rateText,
} from "../../figures/limits.ts";
import type { ResultsView } from "../../figures/view.ts";
import { machineNote } from "../words.ts";
import { legendLine, legendMark, logTicks, placesAxis, tickedAxis } from "./drawing/picture.ts";
import type { Picture, PlotArea } from "./drawing/picture.ts";
import { arrow, cross, line, ring, text } from "./drawing/marks.ts";
import { size, sizes } from "#shared/picture/theme.ts";
import type { Theme } from "#shared/picture/theme.ts";

const thick = 22;
const probeScale = 0.6;
// The space around the lowest and the highest rate, as a factor.
const margin = 1.6;

/** Up to which rate each system keeps its promise: a row per interval, with the probes behind it. */
export function limitsPicture(view: ResultsView): Picture {
  const { limits } = view;
  const rates = limits.flatMap(ratesOf);
  const [min, max] = [Math.min(...rates) / margin, Math.max(...rates) * margin];
  const promises = [...new Set(limits.map(promiseText))];
  return {
    name: "limits",
    title: limitsSentence(limits),
    description: `Customers a second up to which a promise is kept, on a logarithmic axis. ${limits.map(inWords).join("; ")}.`,
    note: [
      promises.length === 1 ? promises[0] : "promises differ by row",
      `in the interval in ${confidenceText(limits[0])}`,
      ...(limits.every(({ id }) => id === "url") ? [] : [machineNote(view)]),
    ].join("; "),
    legend: ({ works, answered, quiet, alarm, background, text: plain }) => [
      { label: "device works broke first", draw: legendLine(works, thick) },
      { label: "answered, or both", draw: legendLine(answered, thick) },
      { label: "kept", draw: legendMark(ring, { colour: plain, background, scale: probeScale }) },
      { label: "broken", draw: (context, at) => cross(context, at, alarm, 8) },
      {
        label: "done in a flood",
        draw: (context, { x, y }) => line(context, { x, y: y - 20 }, { x, y: y + 20 }, quiet, 3, [8, 6]),
      },
    ],
    padding: { left: 216, right: 190, bottom: 44 },
    scales: (theme) => ({
      x: tickedAxis(theme, {
        type: "logarithmic",
        min,
        max,
        at: logTicks(min, max),
        label: String,
        title: "customers a second",
      }),
      y: placesAxis(limits.length, true),
    }),
    spots: limits.flatMap((limit, at) =>
      limit.probes.map(({ perSecond, kept }) => ({
        x: perSecond,
        y: at + 0.5,
        label: `${limit.label}, ${rateText(perSecond)} a second: ${kept ? "kept" : "broken"}`,
      })),
    ),
    draw: (area) =>
      limits.forEach((limit, at) => drawRow(area, limit, area.y(at + 0.5), heightOf(area, limits))),
  };
}

const ratesOf = ({ fromPerSecond, toPerSecond, throughputPerSecond, probes }: Limit): number[] => [
  fromPerSecond,
  toPerSecond ?? fromPerSecond,
  throughputPerSecond ?? fromPerSecond,
  ...probes.map(({ perSecond }) => perSecond),
];

/** What each can take, in the order of the rows. */
function limitsSentence(limits: readonly Limit[]): string {
  const each = limits.map(
    (limit) => `${intervalText(limit)} with ${limit.id === "url" ? "the URL" : limit.id}`,
  );
  return `Customers a second that keep the promise: ${listed(each)}.`;
}

const inWords = (limit: Limit): string =>
  `${limit.label}: ${intervalText(limit)} a second, ${limit.broke === undefined ? "nothing broke" : `${brokeText(limit)} broke first${isOfFlood(limit) ? ", in a flood" : ""}`}`;

const heightOf = ({ top, bottom }: PlotArea, limits: readonly Limit[]) => (bottom - top) / limits.length;

function drawRow(area: PlotArea, limit: Limit, y: number, height: number): void {
  const { context, theme, right, x } = area;
  const { label, fromPerSecond, toPerSecond, throughputPerSecond, probes } = limit;
  text(context, label, { x: size.side, y }, { colour: theme.text, weight: 600 });
  if (isOfFlood(limit)) {
    const small = { colour: theme.quiet, pixels: sizes.note } as const;
    text(context, "no probe broke", { x: size.side, y: y + 30 }, small);
  }
  if (throughputPerSecond !== undefined) {
    const at = x(throughputPerSecond);
    const reach = Math.min(height / 2 - 4, 40);
    line(context, { x: at, y: y - reach }, { x: at, y: y + reach }, theme.quiet, 3, [8, 6]);
  }
  const [from, to] = [x(fromPerSecond), x(toPerSecond ?? fromPerSecond)];
  const colour = colourOf(limit, theme);
  // A minimum width, so that a narrow interval still looks like one.
  const wide = Math.max(to - from, 6);
  line(context, { x: from, y }, { x: from + wide, y }, colour, thick);
  if (toPerSecond === undefined) {
    arrow(context, { x: from + 8, y }, { x: right + 30, y }, colour);
  }
  // Beside the interval, below its line, since the probes may be inside it.
  const below = y + thick / 2 + 16;
  for (const { perSecond, kept, doubt } of probes) {
    const at = { x: x(perSecond), y: below };
    if (kept) {
      ring(context, at, { colour: theme.text, background: theme.background, scale: probeScale });
    } else {
      cross(context, at, doubt === undefined ? theme.alarm : theme.quiet, 8);
    }
  }
  const words = { colour: theme.text, pixels: sizes.note, weight: 600 } as const;
  text(context, intervalText(limit), { x: right + 40, y }, words);
}

const colourOf = ({ broke }: Limit, theme: Theme) => (broke === "works" ? theme.works : theme.answered);
