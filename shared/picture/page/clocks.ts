// Both clocks of a chapter, one above the other, on a logarithmic scale shared by all chapters of the page.
import { spoken } from "#shared/words.ts";
import type { ClockPoint, Scene } from "../scene/scene.ts";
import { element, say, svg } from "./element.ts";

const [lowMs, highMs] = [2, 60_000];
const [width, height] = [240, 64];
/** Each point is a median of this many values, so that one slow answer doesn't look like a trend. */
const window = 15;
// As many corners as a screen can show.
const mostCorners = 120;

interface Clock {
  name: "answered" | "works";
  line: SVGElement;
  end: HTMLElement;
  value: HTMLElement;
}

export class Clocks {
  readonly element = element("div", { class: "clocks" });
  readonly #clocks: Clock[];

  constructor() {
    this.#clocks = (["answered", "works"] as const).map((name) => {
      const line = svg("polyline", { class: `line ${name}`, fill: "none" });
      // Outside the picture, which is stretched, so that a ring stays round.
      const end = element("i", { class: `end ${name}`, hidden: true });
      const value = element("strong", {}, "-");
      const grid = [10, 100, 1_000, 10_000].map((ms) =>
        svg("line", { class: "scale", x1: 0, x2: width, y1: heightOf(ms), y2: heightOf(ms) }),
      );
      const picture = svg(
        "svg",
        { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" },
        ...grid,
        line,
      );
      // The words have the usual dark colour; the shape and its colour show which line they belong to.
      const title = element(
        "span",
        {},
        element("i", { class: `sign ${name}` }),
        name === "answered" ? "answered" : "device works",
      );
      this.element.append(
        element(
          "div",
          { class: "clock" },
          element("p", {}, title, value),
          element("div", { class: "plot" }, picture, end),
        ),
      );
      return { name, line, end, value };
    });
  }

  /** Draws the medians of the last answers, and of the last devices that work, until this moment. */
  draw(scene: Scene, atMs: number, fromMs: number, toMs: number): void {
    for (const { name, line, end, value } of this.#clocks) {
      const corners = medians(scene[name], fromMs, Math.max(toMs, 1));
      const newest = corners.at(-1);
      say(value, newest === undefined || atMs < 0 ? "-" : spoken(newest.ms));
      line.setAttribute("points", corners.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" "));
      end.hidden = newest === undefined;
      if (newest !== undefined) {
        end.style.left = `${(100 * newest.x) / width}%`;
        end.style.top = `${(100 * newest.y) / height}%`;
      }
    }
  }
}

function heightOf(ms: number): number {
  const share = Math.log(Math.min(Math.max(ms, lowMs), highMs) / lowMs) / Math.log(highMs / lowMs);
  return 5 + (1 - share) * (height - 10);
}

/** The running median, reduced to what can be seen. */
function medians(
  points: readonly ClockPoint[],
  fromMs: number,
  toMs: number,
): { x: number; y: number; ms: number }[] {
  const every = Math.max(1, Math.ceil(points.length / mostCorners));
  return points.flatMap(({ atMs }, at) => {
    if (atMs < fromMs || (points.length - 1 - at) % every !== 0) {
      return [];
    }
    const last = points.slice(Math.max(0, at + 1 - window), at + 1).map(({ tookMs }) => tookMs);
    const ms = last.toSorted((left, right) => left - right)[Math.floor(last.length / 2)] ?? 0;
    return [{ x: 5 + ((atMs - fromMs) / (toMs - fromMs)) * (width - 10), y: heightOf(ms), ms }];
  });
}
