import type { SKRSContext2D } from "@napi-rs/canvas";
import { font, sizes } from "./theme.ts";

/** A canvas to draw on, here or in a browser: both have these methods. */
export type Context = SKRSContext2D;

export interface Point {
  x: number;
  y: number;
}

export type Mark = (context: Context, at: Point, colour: string, background: string) => void;

const radius = 12;

/** Where the customer was answered. */
export function ring(context: Context, { x, y }: Point, colour: string, background: string): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = background;
  context.fill();
  context.lineWidth = 6;
  context.strokeStyle = colour;
  context.stroke();
}

/** Where the device works. */
export function square(context: Context, { x, y }: Point, colour: string, _background?: string): void {
  context.fillStyle = colour;
  context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
}

/** From a quantile to the slowest, along either axis. */
export function whisker(context: Context, from: Point, to: Point, colour: string): void {
  const [across, along] = from.y === to.y ? [0, 9] : [9, 0];
  line(context, from, to, colour, 4);
  line(context, { x: to.x - across, y: to.y - along }, { x: to.x + across, y: to.y + along }, colour, 4);
}

/** What never finished goes on to the right. */
export function arrow(context: Context, from: Point, toX: number, colour: string): void {
  context.setLineDash([3, 7]);
  line(context, from, { x: toX - 12, y: from.y }, colour, 4);
  context.setLineDash([]);
  context.beginPath();
  context.moveTo(toX, from.y);
  context.lineTo(toX - 18, from.y - 10);
  context.lineTo(toX - 18, from.y + 10);
  context.closePath();
  context.fillStyle = colour;
  context.fill();
}

/** What never finished goes on upwards. */
export function arrowUp(context: Context, from: Point, toY: number, colour: string): void {
  context.setLineDash([3, 7]);
  line(context, from, { x: from.x, y: toY + 12 }, colour, 4);
  context.setLineDash([]);
  context.beginPath();
  context.moveTo(from.x, toY);
  context.lineTo(from.x - 10, toY + 18);
  context.lineTo(from.x + 10, toY + 18);
  context.closePath();
  context.fillStyle = colour;
  context.fill();
}

/** A line through several points, dashed if it shall be told from others. */
export function path(
  context: Context,
  points: readonly Point[],
  { colour, width, dash = [] }: { colour: string; width: number; dash?: number[] },
): void {
  context.setLineDash(dash);
  context.beginPath();
  for (const { x, y } of points) {
    context.lineTo(x, y);
  }
  context.lineWidth = width;
  context.lineJoin = "round";
  context.strokeStyle = colour;
  context.stroke();
  context.setLineDash([]);
}

/** Lost. */
export function cross(context: Context, { x, y }: Point, colour: string, reach = 7): void {
  line(context, { x: x - reach, y: y - reach }, { x: x + reach, y: y + reach }, colour, 4);
  line(context, { x: x - reach, y: y + reach }, { x: x + reach, y: y - reach }, colour, 4);
}

export function dot(context: Context, { x, y }: Point, colour: string, reach: number): void {
  context.beginPath();
  context.arc(x, y, reach, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
}

/** Done twice. */
export function ticks(context: Context, { x, y }: Point, colour: string, tall: number): void {
  for (const at of [x - 4, x + 4]) {
    line(context, { x: at, y: y - tall / 2 }, { x: at, y: y + tall / 2 }, colour, 4);
  }
}

export function line(context: Context, from: Point, to: Point, colour: string, width: number): void {
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.stroke();
}

interface TextStyle {
  colour: string;
  pixels?: number;
  weight?: 400 | 600 | 700;
  align?: "left" | "right" | "center";
}

/** Text with its middle at the height of the point; returns how wide it is. */
export function text(context: Context, words: string, { x, y }: Point, style: TextStyle): number {
  context.font = font(style.pixels ?? sizes.label, style.weight ?? 400);
  context.fillStyle = style.colour;
  context.textAlign = style.align ?? "left";
  context.textBaseline = "middle";
  context.fillText(words, x, y);
  return context.measureText(words).width;
}
