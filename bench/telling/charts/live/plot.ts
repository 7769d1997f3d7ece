import {
  Chart,
  LinearScale,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  Tooltip,
} from "chart.js";
import type { ChartEvent } from "chart.js";
import { balanced, chartConfig, sizeOf } from "../drawing/picture.ts";
import type { CanvasContext } from "../drawing/marks.ts";
import type { Picture, Spot } from "../drawing/picture.ts";
import { font, fontFamily, sizes } from "#shared/picture/theme.ts";
import type { Theme } from "#shared/picture/theme.ts";

Chart.register(ScatterController, LinearScale, LogarithmicScale, LineElement, PointElement, Tooltip);

type SpotChart = Chart<"scatter", Spot[]>;

/** A picture on a canvas of the page. Its marks show their words to a mouse, a finger, and the arrow keys. */
export interface Plot {
  draw: (theme: Theme) => void;
  /** Redraws if the canvas's size has changed, so that every pixel of the screen is drawn and none is stretched. */
  fit: () => void;
}

export function createPlot(canvas: HTMLCanvasElement, picture: Picture): Plot {
  const { width, height } = sizeOf(picture);
  const words = document.createElement("div");
  words.className = "pointed";
  words.setAttribute("role", "status");
  canvas.after(words);
  let drawn: { chart: SpotChart; theme: Theme; scale: number } | undefined;

  const draw = (theme: Theme) => {
    drawn?.chart.destroy();
    Object.assign(canvas, { width, height });
    const scale = scaleOf(canvas, width);
    const { options, plugins = [], ...config } = chartConfig(picture, theme);
    const chart = new Chart(canvas, {
      ...config,
      plugins: [...plugins, { id: "events", beforeEvent: scaleEvent }],
      // Pictures have their own coordinates. For Chart.js the page's size is only the density of pixels.
      options: { ...options, ...pointing(theme, words, width / canvas.clientWidth), devicePixelRatio: scale },
    });
    drawn = { chart, theme, scale };
  };
  listenToKeys(canvas, words, () => drawn?.chart);
  return {
    draw,
    fit: () => {
      if (drawn !== undefined && scaleOf(canvas, width) !== drawn.scale) {
        draw(drawn.theme);
      }
    },
  };
}

/** A canvas doesn't wait for its fonts: they must be loaded before it draws. */
export async function loadLetters(): Promise<void> {
  await Promise.all(([400, 600, 700] as const).map((weight) => document.fonts.load(font(20, weight))));
}

// As it appears on screen: a deck scales its slides.
const scaleOf = (canvas: HTMLCanvasElement, width: number) =>
  Math.max((canvas.getBoundingClientRect().width * window.devicePixelRatio) / width, 0.1);

/** Chart.js assumes that a canvas is as large on the page as in its own coordinates. */
function scaleEvent(chart: Chart, args: { event: ChartEvent; inChartArea: boolean }): void {
  const { offsetX, offsetY } = args.event.native as PointerEvent;
  const scale = chart.width / chart.canvas.clientWidth;
  Object.assign(args.event, { x: offsetX * scale, y: offsetY * scale });
  // Outside the axes a tooltip would stay.
  args.inChartArea = true;
}

/** A ring around the mark you point at, and its words, which `status` announces to a screen reader. */
function pointing(theme: Theme, status: HTMLElement, perPixel: number): SpotChart["options"] {
  // Readable from the back row, and on a phone.
  const pixels = Math.max(sizes.label, 15 * perPixel);
  return {
    events: ["pointermove", "pointerdown", "pointerleave"],
    interaction: { mode: "nearest", includeInvisible: true },
    elements: {
      point: {
        // About as far as a finger misses.
        hitRadius: 22 * perPixel,
        // Around the largest mark.
        hoverRadius: Math.max(20, 13 * perPixel),
        hoverBorderWidth: 3 * perPixel,
        hoverBorderColor: theme.text,
        hoverBackgroundColor: "transparent",
      },
    },
    plugins: {
      tooltip: {
        displayColors: false,
        backgroundColor: theme.text,
        bodyColor: theme.background,
        bodyFont: { family: fontFamily, size: pixels },
        padding: 12,
        caretSize: 0,
        caretPadding: 20 * perPixel,
        callbacks: {
          label: ({ chart, raw }) => {
            const { label } = raw as Spot;
            return balanced(chart.ctx as unknown as CanvasContext, label, 22 * pixels, font(pixels));
          },
        },
        external: ({ chart, tooltip: { opacity, body, caretX, caretY } }) => {
          status.textContent = opacity === 0 ? "" : body.flatMap(({ lines }) => lines).join(" ");
          // So that the page can scroll to it.
          status.style.left = `${(100 * caretX) / chart.width}%`;
          status.style.top = `${(100 * caretY) / chart.height}%`;
        },
      },
    },
  };
}

const steps: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** Moves from mark to mark with the arrow keys. */
function listenToKeys(canvas: HTMLElement, status: HTMLElement, shown: () => SpotChart | undefined): void {
  const show = (step?: number) => {
    const chart = shown();
    const [last] = chart?.getActiveElements() ?? [];
    const marks = (chart?.data.datasets ?? []).flatMap(({ data }, datasetIndex) =>
      data.map((_, index) => ({ datasetIndex, index })),
    );
    const at = marks.findIndex(
      (mark) => mark.datasetIndex === last?.datasetIndex && mark.index === last.index,
    );
    const from = step === -1 ? Math.max(at, 0) : at;
    const next = step === undefined ? undefined : marks.at((from + step) % marks.length);
    const active = next === undefined ? [] : [next];
    chart?.setActiveElements(active);
    chart?.tooltip?.setActiveElements(active, { x: 0, y: 0 });
    chart?.draw();
  };
  canvas.addEventListener("blur", () => show());
  canvas.addEventListener("focus", () => {
    // A click doesn't select the first of all marks.
    if (canvas.matches(":focus-visible")) {
      show(1);
    }
  });
  canvas.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (event.key === "Escape") {
      show();
    } else if (step !== undefined) {
      event.preventDefault();
      show(step);
      status.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  });
}
