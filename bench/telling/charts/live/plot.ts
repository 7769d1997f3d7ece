import { Chart, LinearScale, LogarithmicScale, ScatterController } from "chart.js";
import { chartConfig, placeOf, sizeOf } from "../drawing/picture.ts";
import type { Picture } from "../drawing/picture.ts";
import type { Theme } from "../drawing/theme.ts";
import { createPointer } from "./pointer.ts";

Chart.register(ScatterController, LinearScale, LogarithmicScale);

/** A picture on a canvas of the page. */
export interface Plot {
  draw: (theme: Theme) => void;
  /** Draws again if the canvas has got another size: each pixel of the screen is drawn, and none is stretched. */
  fit: () => void;
}

export function createPlot(canvas: HTMLCanvasElement, picture: Picture): Plot {
  const { width, height } = sizeOf(picture);
  const pointer = createPointer(canvas, picture);
  let drawn: { chart: Chart; theme: Theme; scale: number } | undefined;

  const draw = (theme: Theme) => {
    drawn?.chart.destroy();
    Object.assign(canvas, { width, height });
    const scale = scaleOf(canvas, width);
    const config = chartConfig(picture, theme);
    // Pictures have coordinates of their own: to Chart.js the page's size is a matter of the pixels' density.
    const chart = new Chart(canvas, { ...config, options: { ...config.options, devicePixelRatio: scale } });
    drawn = { chart, theme, scale };
    const place = placeOf(chart);
    pointer.use((picture.points ?? []).map(({ x, y, label }) => ({ x: place.x(x), y: place.y(y), label })));
  };
  return {
    draw,
    fit: () => {
      if (drawn !== undefined && scaleOf(canvas, width) !== drawn.scale) {
        draw(drawn.theme);
      }
    },
  };
}

// As it is seen: a deck shows its slides enlarged.
const scaleOf = (canvas: HTMLCanvasElement, width: number) =>
  Math.max((canvas.getBoundingClientRect().width * window.devicePixelRatio) / width, 0.1);
