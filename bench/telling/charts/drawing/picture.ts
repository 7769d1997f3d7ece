import type { Chart, ChartConfiguration, ChartDataset } from "chart.js";
import { heading } from "./heading.ts";
import type { LegendItem } from "./heading.ts";
import type { CanvasContext } from "./marks.ts";
import { size } from "./theme.ts";
import type { Theme } from "./theme.ts";

export type Scales = NonNullable<NonNullable<ChartConfiguration<"scatter">["options"]>["scales"]>;

/** A mark, in the values of the axes. */
export interface Spot {
  x: number;
  y: number;
  /** The words that a user reads who points at it. */
  label: string;
}

/** Marks, and lines through them, that Chart.js draws. */
export type Dataset = ChartDataset<"scatter", Spot[]>;

/** Where to draw by hand: pixels for values of both axes, and the edges of the area between them. */
export interface PlotArea {
  context: CanvasContext;
  theme: Theme;
  /** A picture of panels has an axis for each. */
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
  /** Room around the axes, below the heading. */
  padding: { left: number; right: number; bottom: number; top?: number };
  scales: (theme: Theme) => Scales;
  /** The first lies on top of the others. */
  datasets?: (theme: Theme) => Dataset[];
  /** What Chart.js has no marks for, behind its datasets. */
  drawBehind?: (area: PlotArea) => void;
  /** And before them. */
  draw?: (area: PlotArea) => void;
  /** Where a user can point at a mark that is drawn by hand. */
  spots?: readonly Spot[];
  /** If it has a size of its own: then it has no heading, and draws all of itself. */
  size?: { width: number; height: number };
}

const headingHeight = 270;

/** In pixels of its own coordinates. */
export const sizeOf = ({ size: own }: Picture) => own ?? { width: size.width, height: size.height };

/** The picture for Chart.js, which draws the axes and the datasets; the rest is drawn by hand around them. */
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
      // A mark at the edge is whole, and an SVG is smaller without a clip path for each dataset.
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

/** Invisible marks, where there are some by hand. */
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
