import type { Results } from "#shared/results.ts";
import { viewOf } from "../../bench/figures/view.ts";
import { createPlot } from "../../bench/telling/charts/live/plot.ts";
import type { Plot } from "../../bench/telling/charts/live/plot.ts";
import { hoursPictureName, pastThisLaptop } from "../../bench/telling/charts/past-this-laptop.ts";
import { partOfPicture, pictureOf } from "../../bench/telling/charts/pictures.ts";
import type { SimulatedHours } from "../../bench/figures/simulated-hours.ts";
import type { Theme } from "#shared/picture/theme.ts";
import type { Whose } from "./view.ts";

interface Embedded {
  runs: Results[];
  own?: Record<string, number>;
  reference?: Record<string, number>;
  /** What was simulated, which is the same for all. */
  hours?: SimulatedHours;
}

export interface Charts {
  /** Draws the charts of the visible slide with every pixel of the screen. */
  draw: (slide: Element | undefined) => void;
  drawAll: () => void;
}

/** The charts of all slides, in the present colours and with the present results. */
export function createCharts(theme: () => Theme, shownOn: (element: Element) => Whose): Charts {
  const embedded = JSON.parse(document.querySelector("#results")?.textContent ?? "") as Embedded;
  const views = embedded.runs.map(viewOf);
  const plots = new Map<string, Plot | undefined>();
  const canvases = [...document.querySelectorAll<HTMLCanvasElement>("canvas[data-picture]")];

  const pictureIn = (name: string, rows: string, whose: Whose) => {
    if (name === hoursPictureName) {
      return embedded.hours && pastThisLaptop(embedded.hours);
    }
    const view = views[embedded[whose]?.[partOfPicture(name)] ?? -1];
    return view && pictureOf(view, name, rows === "" ? [] : rows.split(" "));
  };
  const plotOf = (canvas: HTMLCanvasElement, whose: Whose) => {
    const key = `${canvases.indexOf(canvas)} ${whose}`;
    if (!plots.has(key)) {
      const { picture: name = "", rows = "" } = canvas.dataset;
      const picture = pictureIn(name, rows, whose);
      plots.set(key, picture && createPlot(canvas, picture));
    }
    return plots.get(key);
  };
  const drawOne = (canvas: HTMLCanvasElement) => {
    const whose = shownOn(canvas);
    const plot = plotOf(canvas, whose);
    canvas.closest(".chart")?.classList.toggle("unmeasured", plot === undefined);
    canvas.dataset["drawn"] = plot === undefined ? "nothing" : whose;
    plot?.draw(theme());
  };
  return {
    draw: (slide) => canvases.filter((canvas) => slide?.contains(canvas)).forEach(drawOne),
    drawAll: () => canvases.forEach(drawOne),
  };
}
