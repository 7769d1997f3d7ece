import type { Chart, ChartConfiguration, ChartDataset } from "chart.js";
import type { CanvasContext, Mark, Point } from "./marks.ts";
import { font, fontFamily, size, sizes } from "#shared/picture/theme.ts";
import type { Theme } from "#shared/picture/theme.ts";
import { box, line, text, whisker } from "./marks.ts";

type Scales = NonNullable<NonNullable<ChartConfiguration<"scatter">["options"]>["scales"]>;

/** A mark, in the values of the axes. */
export interface Spot {
  x: number;
  y: number;
  /** The words for a user who points at it. */
  label: string;
}

/** Marks, and lines through them, that Chart.js draws. */
export type Dataset = ChartDataset<"scatter", Spot[]>;

/** Where to draw by hand: converts values of both axes to pixels, and has the edges of the area. */
export interface PlotArea {
  context: CanvasContext;
  theme: Theme;
  /** A picture with panels has an axis for each. */
  x: (value: number, axis?: string) => number;
  y: (value: number) => number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** An answer to one question of the audience, as a picture. */
export interface Picture {
  /** The file's name. */
  name: string;
  /** A sentence computed from the data. */
  title: string;
  /** What it shows, for people who can't see it. */
  description: string;
  /** What was done, in small letters. */
  note: string;
  legend: (theme: Theme) => LegendItem[];
  /** The space around the axes, below the heading. */
  padding: { left: number; right: number; bottom: number; top?: number };
  scales: (theme: Theme) => Scales;
  /** The first is drawn on top. */
  datasets?: (theme: Theme) => Dataset[];
  /** Draws what Chart.js has no marks for, behind its datasets. */
  drawBehind?: (area: PlotArea) => void;
  /** The same in front of them. */
  draw?: (area: PlotArea) => void;
  /** Where a user can point at marks drawn by hand. */
  spots?: readonly Spot[];
  /** A picture with its own size has no heading, and draws everything itself. */
  size?: { width: number; height: number };
}

const headingHeight = 270;

/** In pixels of its own coordinates. */
export const sizeOf = ({ size: own }: Picture) => own ?? { width: size.width, height: size.height };

/** The picture for Chart.js, which draws the axes and the datasets. The rest is drawn by hand around them. */
export function chartConfig(picture: Picture, theme: Theme): ChartConfiguration<"scatter", Spot[]> {
  const { width, height } = sizeOf(picture);
  const hasHeading = picture.size === undefined;
  const top = (hasHeading ? headingHeight : 0) + (picture.padding.top ?? 0);
  return {
    type: "scatter",
    data: { datasets: [...(picture.datasets?.(theme) ?? []), ...spotsOf(picture)] },
    options: {
      animation: false,
      responsive: false,
      events: [],
      // So that a mark at the edge is complete, and an SVG needs no clip path per dataset.
      clip: false,
      layout: { padding: { ...picture.padding, top } },
      scales: picture.scales(theme),
      plugins: { legend: { display: false }, title: { display: false }, tooltip: { enabled: false } },
    },
    plugins: [
      {
        id: picture.name,
        beforeDraw: ({ ctx }) => {
          ctx.fillStyle = theme.background;
          ctx.fillRect(0, 0, width, height);
        },
        beforeDatasetsDraw: (chart) => picture.drawBehind?.(plotAreaOf(chart, theme)),
        afterDatasetsDraw: (chart) => {
          const area = plotAreaOf(chart, theme);
          if (hasHeading) {
            heading(area.context, { ...picture, legend: picture.legend(theme) }, theme);
          }
          picture.draw?.(area);
        },
      },
    ],
  };
}

/** Invisible marks where some are drawn by hand, to point at. */
const spotsOf = ({ spots = [] }: Picture): Dataset[] =>
  spots.length === 0 ? [] : [{ data: [...spots], pointRadius: 0 }];

function plotAreaOf({ ctx, scales, chartArea }: Chart, theme: Theme): PlotArea {
  const { left, right, top, bottom } = chartArea;
  return {
    // A browser's context has the methods of ours, but not its type.
    context: ctx as unknown as CanvasContext,
    theme,
    x: (value, axis = "x") => scales[axis]?.getPixelForValue(value) ?? left,
    y: (value) => scales["y"]?.getPixelForValue(value) ?? top,
    left,
    right,
    top,
    bottom,
  };
}

type Scale = NonNullable<Scales[string]>;

interface TickedAxis {
  type: "linear" | "logarithmic";
  min: number;
  max: number;
  at: readonly number[];
  label: (value: number) => string;
  /** The words along the axis. */
  title?: string;
}

/** An axis with ticks and grid lines at exactly these values. */
export function tickedAxis(theme: Theme, { type, min, max, at, label, title = "" }: TickedAxis): Scale {
  const font = { family: fontFamily, size: sizes.note };
  return {
    type,
    min,
    max,
    border: { display: false },
    grid: { color: theme.grid, drawTicks: false, lineWidth: 2 },
    title: { display: title !== "", text: title, color: theme.quiet, font },
    afterBuildTicks: (axis) => {
      axis.ticks = at.filter((value) => value >= min && value <= max).map((value) => ({ value }));
    },
    ticks: {
      color: theme.quiet,
      padding: 14,
      font,
      maxRotation: 0,
      autoSkip: false,
      callback: (value) => label(Number(value)),
    },
  };
}

const stepsOfTen = [[1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 8]];
const fewestTicks = 3;

/** Round values for a logarithmic axis: the powers of ten, or with steps between them where few are in range. */
export function logTicks(min: number, max: number): number[] {
  const powers = range(Math.floor(Math.log10(min)), Math.ceil(Math.log10(max)));
  const choices = stepsOfTen.map((steps) =>
    powers
      // Not `10 ** power * step`, which is 0.30000000000000004 for some.
      .flatMap((power) => steps.map((step) => Number(`${step}e${power}`)))
      .filter((value) => value >= min && value <= max),
  );
  return choices.find(({ length }) => length >= fewestTicks) ?? choices.at(-1) ?? [];
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

/** A logarithmic axis in milliseconds, with a tick at every power of ten: 1 ms, 10 ms, 1 s. */
export function logAxis(theme: Theme, { minMs, maxMs }: { minMs: number; maxMs: number }): Scale {
  return tickedAxis(theme, {
    type: "logarithmic",
    min: minMs,
    max: maxMs,
    at: [1, 10, 100, 1_000, 10_000, 100_000],
    label: (ms) => (ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`),
  });
}

/** An invisible axis, for pictures that draw their own rows or columns. */
export function placesAxis(count: number, reverse = false): Scale {
  return { type: "linear", min: 0, max: Math.max(count, 1), reverse, display: false };
}

interface LegendItem {
  label: string;
  draw: (context: CanvasContext, at: Point) => void;
}

type LegendMark = LegendItem["draw"];

export const legendMark =
  (mark: Mark, style: Parameters<Mark>[2]): LegendMark =>
  (context, at) =>
    mark(context, at, style);

export const legendLine =
  (colour: string, width: number): LegendMark =>
  (context, { x, y }) =>
    line(context, { x: x - 24, y }, { x: x + 24, y }, colour, width);

export const legendWhisker =
  (colour: string): LegendMark =>
  (context, { x, y }) =>
    whisker(context, { x: x - 22, y }, { x: x + 22, y }, colour);

export const legendBox =
  (colour: string): LegendMark =>
  (context, { x, y }) =>
    box(context, { x: x - 18, y: y - 12, width: 36, height: 24 }, colour);

/** The sentence, what was done, and what the marks mean: the top of every picture. */
function heading(
  context: CanvasContext,
  { title, note, legend }: { title: string; note: string; legend: readonly LegendItem[] },
  theme: Theme,
): void {
  const { side, width } = size;
  const { lines, pixels } = titleLines(context, title, width - 2 * side);
  // A title of one line is set slightly lower, so that the top doesn't fall apart.
  let y = lines.length > 1 ? 58 : 100;
  for (const titleLine of lines) {
    text(context, titleLine, { x: side, y }, { colour: theme.text, pixels, weight: 700 });
    y += 54;
  }
  context.font = font(sizes.note);
  const tooWide = Math.max(context.measureText(note).width / (width - 2 * side), 1);
  text(context, note, { x: side, y: height.note }, { colour: theme.quiet, pixels: sizes.note / tooWide });
  const marks = 62;
  context.font = font(sizes.note);
  const widths = legend.map(({ label }) => marks + context.measureText(label).width);
  const free = width - 2 * side - widths.reduce((sum, each) => sum + each, 0);
  const gap = Math.min(44, free / Math.max(legend.length - 1, 1));
  let x: number = side;
  for (const [at, { label, draw }] of legend.entries()) {
    draw(context, { x: x + 26, y: height.legend });
    text(context, label, { x: x + marks, y: height.legend }, { colour: theme.text, pixels: sizes.note });
    x += (widths[at] ?? 0) + gap;
  }
}

const height = { note: 168, legend: 222 };

// A third line would overlap the note.
const mostTitleLines = 2;
const smallestTitle = 26;

/** A long title gets smaller letters rather than too many lines. */
function titleLines(
  context: CanvasContext,
  title: string,
  width: number,
  pixels: number = sizes.title,
): { lines: string[]; pixels: number } {
  const lines = balanced(context, title, width, font(pixels, 700));
  return lines.length > mostTitleLines && pixels > smallestTitle
    ? titleLines(context, title, width, pixels - 2)
    : { lines, pixels };
}

/** As few lines as possible, all about equally long. */
export function balanced(context: CanvasContext, words: string, width: number, withFont: string): string[] {
  let lines = broken(context, words, width, withFont);
  const count = lines.length;
  for (let narrower = width - 40; lines.length > 1 && narrower > width / 2; narrower -= 40) {
    const next = broken(context, words, narrower, withFont);
    if (next.length > count) {
      break;
    }
    lines = next;
  }
  return lines;
}

function broken(context: CanvasContext, words: string, width: number, withFont: string): string[] {
  context.font = withFont;
  const lines = [""];
  for (const word of words.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (context.measureText(longer).width > width) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = longer;
    }
  }
  return lines;
}
