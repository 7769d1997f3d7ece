import { box, line, text, whisker } from "./marks.ts";
import type { CanvasContext, Mark, Point } from "./marks.ts";
import { font, size, sizes } from "./theme.ts";
import type { Theme } from "./theme.ts";

export interface LegendItem {
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
export function heading(
  context: CanvasContext,
  { title, note, legend }: { title: string; note: string; legend: readonly LegendItem[] },
  theme: Theme,
): void {
  const { side, width } = size;
  const { lines, pixels } = titleLines(context, title, width - 2 * side);
  // A title of one line is set a little lower, so that the top does not fall apart.
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

// A third line would lie on the note.
const mostTitleLines = 2;
const smallestTitle = 26;

/** A long title is set smaller, rather than on too many lines. */
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

/** As few lines as fit, and those about equally long. */
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
