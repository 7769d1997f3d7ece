import type { SKRSContext2D } from "@napi-rs/canvas";
import { font, sizes } from "#shared/picture/theme.ts";
import type { Theme } from "#shared/picture/theme.ts";

/** A canvas to draw on, here or in a browser: both have these methods. */
export type CanvasContext = SKRSContext2D;

export interface Point {
  x: number;
  y: number;
}

export type Mark = (
  context: CanvasContext,
  at: Point,
  style: { colour: string; background: string; scale?: number },
) => void;

const radius = 12;
const ringWidth = 6;

/** Marks the customer's answer. */
export const ring: Mark = (context, { x, y }, { colour, background, scale = 1 }) => {
  context.beginPath();
  context.arc(x, y, radius * scale, 0, 2 * Math.PI);
  context.fillStyle = background;
  context.fill();
  context.lineWidth = ringWidth * scale;
  context.strokeStyle = colour;
  context.stroke();
};

/** Marks the working device. */
export const square: Mark = (context, { x, y }, { colour, scale = 1 }) => {
  const side = 2 * radius * scale;
  box(context, { x: x - side / 2, y: y - side / 2, width: side, height: side }, colour);
};

/** {@link ring} as the points of a dataset. */
export const ringPoints = (colour: string, background: string | string[], scale = 1) => ({
  pointRadius: radius * scale,
  pointBackgroundColor: background,
  pointBorderColor: colour,
  pointBorderWidth: ringWidth * scale,
});

/** {@link square} as the points of a dataset. */
export const squarePoints = (colour: string, scale = 1) => ({
  pointStyle: "rect" as const,
  // Chart.js measures a square by the circle around it.
  pointRadius: radius * scale * Math.SQRT2,
  pointBackgroundColor: colour,
  pointBorderWidth: 0,
});

/** From a quantile to the slowest, along either axis. */
export function whisker(context: CanvasContext, from: Point, to: Point, colour: string): void {
  const [across, along] = from.y === to.y ? [0, 9] : [9, 0];
  line(context, from, to, colour, 4);
  line(context, { x: to.x - across, y: to.y - along }, { x: to.x + across, y: to.y + along }, colour, 4);
}

/** What never finished continues, to the right or upwards. */
export function arrow(context: CanvasContext, from: Point, tip: Point, colour: string): void {
  // One step from the start towards the tip.
  const [right, down] = from.x === tip.x ? [0, Math.sign(tip.y - from.y)] : [1, 0];
  const before = (back: number, aside = 0) => ({
    x: tip.x - back * right + aside * down,
    y: tip.y - back * down + aside * right,
  });
  line(context, from, before(12), colour, 4, [3, 7]);
  polygon(context, [tip, before(18, -10), before(18, 10)], colour);
}

/** Lost. */
export function cross(context: CanvasContext, { x, y }: Point, colour: string, reach = 7): void {
  line(context, { x: x - reach, y: y - reach }, { x: x + reach, y: y + reach }, colour, 4);
  line(context, { x: x - reach, y: y + reach }, { x: x + reach, y: y - reach }, colour, 4);
}

export function dot(context: CanvasContext, { x, y }: Point, colour: string, reach: number): void {
  context.beginPath();
  context.arc(x, y, reach, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
}

/** Done twice. */
export function ticks(context: CanvasContext, { x, y }: Point, colour: string, tall: number): void {
  for (const at of [x - 4, x + 4]) {
    line(context, { x: at, y: y - tall / 2 }, { x: at, y: y + tall / 2 }, colour, 4);
  }
}

/** A line, dashed if it must differ from others. */
export function line(
  context: CanvasContext,
  from: Point,
  to: Point,
  colour: string,
  width: number,
  dash: number[] = [],
): void {
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.stroke();
  context.setLineDash([]);
}

export function polygon(context: CanvasContext, corners: readonly Point[], colour: string): void {
  const [first, ...others] = corners;
  context.beginPath();
  context.moveTo(first?.x ?? 0, first?.y ?? 0);
  for (const { x, y } of others) {
    context.lineTo(x, y);
  }
  context.closePath();
  context.fillStyle = colour;
  context.fill();
}

export interface Rectangle extends Point {
  width: number;
  height: number;
}

export function box(context: CanvasContext, { x, y, width, height }: Rectangle, colour: string): void {
  context.fillStyle = colour;
  context.fillRect(x, y, width, height);
}

interface TextStyle {
  colour: string;
  pixels?: number;
  weight?: 400 | 600 | 700;
  align?: "left" | "right" | "center";
}

/** For explanations, which must not draw attention. */
export const quietStyle = ({ quiet }: Theme, align: "left" | "center" = "left") => ({
  colour: quiet,
  pixels: sizes.note,
  align,
});

/** Text with its middle at the height of the point. Returns its width. */
export function text(context: CanvasContext, words: string, { x, y }: Point, style: TextStyle): number {
  context.font = font(style.pixels ?? sizes.label, style.weight ?? 400);
  context.fillStyle = style.colour;
  context.textAlign = style.align ?? "left";
  context.textBaseline = "middle";
  context.fillText(words, x, y);
  return context.measureText(words).width;
}
