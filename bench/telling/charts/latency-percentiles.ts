import { spoken } from "../../figures/format.ts";
import { curvesOf } from "../../figures/percentile-curves.ts";
import type { Curve } from "../../figures/percentile-curves.ts";
import type { ResultsView, TrialView } from "../../figures/view.ts";
import { tailSentence } from "../sentences.ts";
import { loadNote, rowsInWords } from "../words.ts";
import { legendLine, logAxis, tickedAxis } from "./drawing/picture.ts";
import { arrow, line, quietStyle, text } from "./drawing/marks.ts";
import type { Point } from "./drawing/marks.ts";
import type { Dataset, Picture, PlotArea } from "./drawing/picture.ts";
import { size } from "#shared/picture/theme.ts";
import type { Theme } from "#shared/picture/theme.ts";

/** Curves that lie on each other all along, drawn and named as one. */
type Bundle = readonly [Curve, ...Curve[]];

// To the right of the lines, for the names of those that answered everyone.
const namesWidth = 370;
// The height of a line of names above the arrows.
const nameRow = 36;
const marked = [50, 90, 95, 99, 99.9];

/** Each further nine is as far away as the one before, since that is where the unlucky are. */
const ninesOf = (percent: number) => -Math.log10(1 - Math.min(percent, 99.99) / 100);

const hasUnanswered = ({ answeredPercent }: Curve) => answeredPercent < 100;

/** How long customers wait, from the lucky to the unlucky: one line per chapter, with one name for lines that lie together. */
export function latencyPercentiles(view: ResultsView, trial: TrialView): Picture {
  const curves = curvesOf(trial);
  const order = curves.map(({ id }) => id);
  const bundles = bundled(curves);
  const percents = new Set(curves.flatMap(({ steps }) => steps.map(({ percent }) => percent)));
  const most = ninesOf(Math.max(90, ...percents)) + 0.25;
  const rows = nameRows(bundles, order, most);
  const nameLines = Math.max(0, ...rows.values()) + 1;
  const allMs = curves.flatMap(({ steps, slowestMs }) => [slowestMs, ...steps.map(({ ms }) => ms)]);
  return {
    name: "latency-percentiles",
    title: tailSentence(curves),
    description: `Response time by percentile, both axes logarithmic. ${curves.map(inWords).join("; ")}.`,
    note: loadNote(view, trial),
    legend: ({ quiet }) => [
      { label: "answered within so long", draw: legendLine(quiet, 5) },
      {
        label: "the rest got an error, or no answer",
        draw: (context, { x, y }) => arrow(context, { x, y: y + 22 }, { x, y: y - 22 }, quiet),
      },
    ],
    padding: { left: 50, right: namesWidth, bottom: 4, top: 16 + nameLines * nameRow },
    scales: (theme) => ({
      x: tickedAxis(theme, {
        type: "linear",
        min: 0,
        max: most,
        at: marked.filter((percent) => percents.has(percent)).map(ninesOf),
        label: (nines) => `${marked.find((percent) => ninesOf(percent) === nines)} %`,
        title: "so many customers were answered within …",
      }),
      y: logAxis(theme, { minMs: 1, maxMs: Math.max(1_000, ...allMs) * 1.2 }),
    }),
    datasets: (theme) =>
      bundles.flatMap((bundle, at) => bundle.map((curve) => lineOf(curve, bundle, most, styleOf(theme, at)))),
    draw: (area) => nameBundles(area, { bundles, rows, order, most }),
  };
}

const bundleApart = 1.5;

function bundled(curves: readonly Curve[]): Bundle[] {
  const bundles: [Curve, ...Curve[]][] = [];
  for (const curve of curves) {
    const bundle = bundles.find(([first]) => liesOn(first, curve));
    if (bundle) {
      bundle.push(curve);
    } else {
      bundles.push([curve]);
    }
  }
  return bundles;
}

function liesOn(first: Curve, second: Curve): boolean {
  const near = (left: number, right: number) => Math.max(left / right, right / left) <= bundleApart;
  const endsAlike = near(100.5 - first.answeredPercent, 100.5 - second.answeredPercent);
  return (
    endsAlike &&
    first.steps.length === second.steps.length &&
    first.steps.every(({ ms }, at) => near(ms, second.steps[at]?.ms ?? Infinity))
  );
}

function styleOf({ text: dark, works, answered, alarm, quiet, second }: Theme, at: number) {
  const styles = [
    { colour: answered, dash: [] },
    { colour: works, dash: [22, 8] },
    { colour: dark, dash: [4, 7] },
    { colour: alarm, dash: [22, 7, 4, 7] },
    { colour: quiet, dash: [11, 7] },
    { colour: second, dash: [30, 10] },
    { colour: works, dash: [4, 7] },
    { colour: answered, dash: [16, 6, 4, 6, 4, 6] },
  ];
  return styles[at % styles.length] ?? { colour: dark, dash: [] };
}

/** A curve's points in the values of the axes. It ends with the slowest answer if some customers got none. */
function pointsOf(curve: Curve, most: number): { percent: number; x: number; y: number }[] {
  const { steps, answeredPercent, slowestMs } = curve;
  const goesOn = hasUnanswered(curve) && slowestMs > 0;
  return [...steps, ...(goesOn ? [{ percent: answeredPercent, ms: slowestMs }] : [])].map(
    ({ percent, ms }) => ({ percent, x: Math.min(ninesOf(percent), most), y: ms }),
  );
}

function lineOf(curve: Curve, bundle: Bundle, most: number, style: ReturnType<typeof styleOf>): Dataset {
  const points = pointsOf(curve, most);
  return {
    data: points.map(({ percent, x, y }) => ({
      x,
      y,
      label: `${curve.label}: ${Math.round(percent * 10) / 10} % answered within ${spoken(y)}`,
    })),
    showLine: true,
    borderColor: style.colour,
    borderDash: style.dash,
    borderWidth: bundle.length > 1 ? 4 : 6,
    borderJoinStyle: "round",
    pointRadius: points.map((_, at) => (hasUnanswered(curve) && at === points.length - 1 ? 7 : 0)),
    pointBackgroundColor: style.colour,
    pointBorderWidth: 0,
  };
}

interface Names {
  bundles: readonly Bundle[];
  /** Above the picture, the lowest is 0. Bundles that answered everyone are not in it. */
  rows: ReadonlyMap<Bundle, number>;
  order: readonly string[];
  most: number;
}

/**
 * The row of names above the picture for each bundle with unanswered customers. A name is above those to its right whose arrows
 * would otherwise run through it.
 */
function nameRows(bundles: readonly Bundle[], order: readonly string[], most: number): Map<Bundle, number> {
  const aboutWide = size.width - 2 * size.side - namesWidth;
  const rowStarts: number[] = [];
  const rows = new Map<Bundle, number>();
  const spans = bundles
    .filter((bundle) => bundle.some(hasUnanswered))
    .map((bundle) => {
      const at = bundle.map(
        ({ answeredPercent }) => (Math.min(ninesOf(answeredPercent), most) / most) * aboutWide,
      );
      const words = `${nameOf(bundle, order)} ${neverText(bundle)}`;
      // About as wide as an average bold letter.
      return { bundle, from: Math.min(...at), to: Math.max(...at) + 30 + words.length * 14.5 };
    });
  for (const { bundle, from, to } of spans.toSorted((left, right) => right.from - left.from)) {
    // A higher name has an arrow from below, which must miss all names of the rows between.
    const above = rowStarts.findLastIndex((start) => start < to) + 1;
    for (let row = 0; row <= above; row += 1) {
      rowStarts[row] = Math.min(rowStarts[row] ?? from, from);
    }
    rows.set(bundle, above);
  }
  return rows;
}

/** Names a bundle beside the end of its line if it answered everyone, or at the tip of an arrow to those without an answer. */
function nameBundles(area: PlotArea, { bundles, rows, order, most }: Names): void {
  const { context, theme, top, bottom, right } = area;
  const complete: { name: string; colour: string; end: Point }[] = [];
  for (const [at, bundle] of bundles.entries()) {
    const { colour } = styleOf(theme, at);
    const ends = bundle.map((curve) => {
      const { x, y } = pointsOf(curve, most).at(-1) ?? { x: most, y: 1 };
      return { x: area.x(x), y: area.y(y), goesOn: hasUnanswered(curve) };
    });
    const [end = { x: right, y: bottom }] = ends.toSorted((one, other) => other.x - one.x);
    const row = rows.get(bundle);
    const name = nameOf(bundle, order);
    if (row === undefined) {
      complete.push({ name, colour, end });
      continue;
    }
    const tipY = top - 14 - row * nameRow;
    for (const each of ends.filter(({ goesOn }) => goesOn)) {
      arrow(context, each, { x: each.x, y: tipY }, colour);
    }
    const x = end.x + 18;
    const width = text(context, name, { x, y: tipY + 8 }, { colour, weight: 700 });
    text(context, neverText(bundle), { x: x + width + 12, y: tipY + 9 }, quietStyle(theme));
  }
  const wanted = complete.map(({ end }) => end.y);
  const heights = spread(wanted, { top: top + 10, bottom: bottom - 10, apart: 40 });
  for (const [at, { name, colour, end }] of complete.entries()) {
    const y = heights[at] ?? end.y;
    line(context, { x: end.x + 10, y: end.y }, { x: right + 20, y }, colour, 2);
    text(context, name, { x: right + 34, y }, { colour, weight: 700 });
  }
}

/** Heights for labels that should be at `wanted`, in the same order, at least `apart` from each other, and all inside. */
function spread(
  wanted: readonly number[],
  { top, bottom, apart }: { top: number; bottom: number; apart: number },
): number[] {
  const order = wanted
    .map((y, at) => ({ y, at }))
    .toSorted((left, right) => left.y - right.y || left.at - right.at);
  let above = -Infinity;
  for (const each of order) {
    each.y = Math.max(each.y, above + apart, top);
    above = each.y;
  }
  let below = bottom + apart;
  for (const each of order.toReversed()) {
    each.y = Math.min(each.y, below - apart);
    below = each.y;
  }
  return order.toSorted((left, right) => left.at - right.at).map(({ y }) => y);
}

function neverText(bundle: Bundle): string {
  const never = bundle.map(({ answeredPercent }) => 100 - answeredPercent);
  return `${shares(Math.min(...never), Math.max(...never))} never`;
}

function nameOf(bundle: Bundle, order: readonly string[]): string {
  const ids = bundle.map(({ id }) => id);
  return ids.length === 1 ? bundle[0].label : rowsInWords(ids, order);
}

/** "1 %", "0.5 to 3 %" */
function shares(least: number, most: number): string {
  const [low, high] = [least, most].map((share) =>
    String(share < 9.5 ? Math.round(share * 10) / 10 : Math.round(share)),
  );
  return low === high ? `${low} %` : `${low} to ${high} %`;
}

function inWords({ label, steps, answeredPercent }: Curve): string {
  const told = steps.filter(({ percent }) => marked.includes(percent));
  const within = told.map(({ percent, ms }) => `${percent} % within ${spoken(ms)}`);
  const never =
    answeredPercent < 100 ? [`${shares(100 - answeredPercent, 100 - answeredPercent)} never`] : [];
  return `${label}: ${[...within, ...never].join(", ") || "no one was answered"}`;
}
