import type { Chart, ChartConfiguration } from "chart.js";
import { heading } from "./heading.ts";
import type { LegendItem } from "./heading.ts";
import type { Context } from "./marks.ts";
import { size } from "./theme.ts";
import type { Theme } from "./theme.ts";

export type Scales = NonNullable<NonNullable<ChartConfiguration<"scatter">["options"]>["scales"]>;

/** Where to draw: pixels for values of both axes, and the edges of the area between them. */
export interface Place {
  context: Context;
  theme: Theme;
  x: (value: number) => number;
  y: (value: number) => number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** One question that somebody in the room asks, as a picture. */
export interface Picture {
  /** The file's name. */
  name: string;
  /** A sentence computed from the data. */
  title: string;
  /** What there is to see, for those who listen instead of look. */
  description: string;
  /** What was done, in small letters. */
  note: string;
  legend: (theme: Theme) => LegendItem[];
  /** Room around the axes, beside the heading's. */
  padding: { left: number; right: number; bottom: number; top?: number };
  scales: (theme: Theme) => Scales;
  draw: (place: Place) => void;
  /** What there is to point at, in the values of the axes, and the words that are shown then. */
  points?: readonly Spot[];
  /** If it is not as large as the others: then it has no heading, and draws all of itself. */
  size?: { width: number; height: number };
}

export interface Spot {
  x: number;
  y: number;
  label: string;
}

const headingHeight = 270;

/** In pixels of its own coordinates. */
export const sizeOf = ({ size: own }: Picture) => own ?? { width: size.width, height: size.height };

/** The picture for Chart.js: it gives the axes; the marks, which it doesn't have, are drawn on them. */
export function chartConfig(picture: Picture, theme: Theme): ChartConfiguration<"scatter"> {
  const { width, height } = sizeOf(picture);
  const hasHeading = picture.size === undefined;
  const top = (hasHeading ? headingHeight : 0) + (picture.padding.top ?? 0);
  return {
    type: "scatter",
    data: { datasets: [] },
    options: {
      animation: false,
      responsive: false,
      events: [],
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
        afterDatasetsDraw: (chart) => {
          // A browser's context has the methods of ours, but not its type.
          const context = chart.ctx as unknown as Context;
          if (hasHeading) {
            heading(context, { ...picture, legend: picture.legend(theme) }, theme);
          }
          picture.draw({ context, theme, ...placeOf(chart) });
        },
      },
    ],
  };
}

/** Where the values of the axes are on a chart that is drawn. */
export function placeOf({ scales, chartArea }: Pick<Chart, "scales" | "chartArea">) {
  const { left, right, top, bottom } = chartArea;
  return {
    x: (value: number) => scales["x"]?.getPixelForValue(value) ?? left,
    y: (value: number) => scales["y"]?.getPixelForValue(value) ?? top,
    left,
    right,
    top,
    bottom,
  };
}
