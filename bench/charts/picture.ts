import type { ChartConfiguration } from "chart.js";
import { heading } from "./marks.ts";
import type { Context, LegendItem } from "./marks.ts";
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
}

const headingHeight = 270;

/** The picture for Chart.js: it gives the axes; the marks, which it doesn't have, are drawn on them. */
export function chartConfig(picture: Picture, theme: Theme): ChartConfiguration<"scatter"> {
  return {
    type: "scatter",
    data: { datasets: [] },
    options: {
      layout: { padding: { ...picture.padding, top: headingHeight + (picture.padding.top ?? 0) } },
      scales: picture.scales(theme),
      plugins: { legend: { display: false }, title: { display: false }, tooltip: { enabled: false } },
    },
    plugins: [
      {
        id: picture.name,
        afterDatasetsDraw: ({ ctx, scales, chartArea }) => {
          heading(ctx, { ...picture, legend: picture.legend(theme) }, theme);
          const { left, right, top, bottom } = chartArea;
          picture.draw({
            context: ctx,
            theme,
            x: (value) => scales["x"]?.getPixelForValue(value) ?? left,
            y: (value) => scales["y"]?.getPixelForValue(value) ?? top,
            left,
            right,
            top,
            bottom,
          });
        },
      },
    ],
  };
}
