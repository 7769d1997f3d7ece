import type { Curve } from "../../figures/percentile-curves.ts";
import { rowsInWords } from "../words.ts";
import { spread } from "./labels.ts";
import { path, text } from "./drawing/marks.ts";
import type { Place } from "./drawing/picture.ts";
import { sizes } from "./drawing/theme.ts";

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

/** How high a line of names over the arrows is. */
export const nameRow = 36;

/**
 * In which line over the picture each of these bundles is named, the lowest is 0: a name stands above those to the right
 * whose arrows would else run through it. `toX` gives about the place of a percentage in pixels.
 */
export function nameRows(
  bundles: readonly (readonly Curve[])[],
  order: readonly string[],
  toX: (percent: number) => number,
): Map<readonly Curve[], number> {
  const rowStarts: number[] = [];
  const rows = new Map<readonly Curve[], number>();
  const spans = bundles.map((bundle) => {
    const at = bundle.map(({ answeredPercent }) => toX(answeredPercent));
    const words = `${nameOf(bundle, order)} ${neverText(bundle)}`;
    // About as wide as a bold letter is on average.
    return { bundle, from: Math.min(...at), to: Math.max(...at) + 30 + words.length * 14.5 };
  });
  for (const { bundle, from, to } of spans.toSorted((left, right) => right.from - left.from)) {
    // What stands further up has an arrow from below: it must miss all names of the lines between.
    const above = rowStarts.findLastIndex((start) => start < to) + 1;
    rowStarts[above] = from;
    for (let row = 0; row < above; row += 1) {
      rowStarts[row] = Math.min(rowStarts[row] ?? from, from);
    }
    rows.set(bundle, above);
  }
  return rows;
}

/** Beside the tip of its arrow. */
export function nameAtTheArrow(
  { context, theme }: Place,
  { bundle, colour, end }: Drawn,
  { y, order }: { y: number; order: readonly string[] },
): void {
  const x = end.x + 18;
  const width = text(context, nameOf(bundle, order), { x, y }, { colour, weight: 700 });
  const words = { colour: theme.quiet, pixels: sizes.note };
  text(context, neverText(bundle), { x: x + width + 12, y: y + 1 }, words);
}

function neverText(bundle: readonly Curve[]): string {
  const never = bundle.map(({ answeredPercent }) => 100 - answeredPercent);
  return `${shares(Math.min(...never), Math.max(...never))} never`;
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
