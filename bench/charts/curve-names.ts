import type { Curve } from "../percentile-curves.ts";
import { rowsInWords } from "../row-words.ts";
import { spread } from "./labels.ts";
import { path, text } from "./marks.ts";
import type { Place } from "./picture.ts";
import { font, sizes } from "./theme.ts";

/** Whether some of its customers were never answered. */
export const hasUnanswered = ({ answeredPercent }: Curve) => answeredPercent < 100;

/** Curves that lie on each other, as they were drawn. */
interface Drawn {
  bundle: readonly Curve[];
  colour: string;
  end: { x: number; y: number };
}

/** Beside the end of a line that has all customers. */
export function nameAtTheRight(place: Place, drawn: readonly Drawn[], order: readonly string[]): void {
  const { context, top, bottom, right } = place;
  const heights = spread(
    drawn.map(({ end }) => end.y),
    { top: top + 10, bottom: bottom - 10, apart: 40 },
  );
  for (const [at, { bundle, colour, end }] of drawn.entries()) {
    const y = heights[at] ?? end.y;
    path(
      context,
      [
        { x: end.x + 10, y: end.y },
        { x: right + 20, y },
      ],
      { colour, width: 2 },
    );
    text(context, nameOf(bundle, order), { x: right + 34, y }, { colour, weight: 700 });
  }
}

/** Beside the arrow, each one below those whose names it would touch. */
export function nameAtTheArrow(place: Place, drawn: readonly Drawn[], order: readonly string[]): void {
  const { context, theme, top } = place;
  const rowEnds: number[] = [];
  for (const { bundle, colour, end } of drawn.toSorted((left, right) => left.end.x - right.end.x)) {
    const x = end.x + 18;
    const name = nameOf(bundle, order);
    context.font = font(sizes.label, 700);
    const width = Math.max(context.measureText(name).width, 160);
    const free = rowEnds.findIndex((rowEnd) => rowEnd < end.x - 14);
    const row = free === -1 ? rowEnds.length : free;
    rowEnds[row] = x + width;
    const y = top + 8 + row * 74;
    // Another one's arrow may pass behind.
    context.fillStyle = theme.background;
    context.fillRect(x - 4, y - 18, width + 8, 64);
    text(context, name, { x, y }, { colour, weight: 700 });
    const never = bundle.map(({ answeredPercent }) => 100 - answeredPercent);
    const words = `${shares(Math.min(...never), Math.max(...never))} never`;
    text(context, words, { x, y: y + 30 }, { colour: theme.quiet, pixels: sizes.note });
  }
}

function nameOf(bundle: readonly Curve[], order: readonly string[]): string {
  const [only] = bundle;
  const ids = bundle.map(({ id }) => id);
  return bundle.length === 1 && only ? only.label : rowsInWords(ids, order);
}

/** "1 %", "0.5 to 3 %" */
export function shares(least: number, most: number): string {
  const [low, high] = [least, most].map((share) =>
    String(share < 9.5 ? Math.round(share * 10) / 10 : Math.round(share)),
  );
  return low === high ? `${low} %` : `${low} to ${high} %`;
}
