import { spoken } from "../../figures/format.ts";
import { curvesOf } from "../../figures/percentile-curves.ts";
import type { Curve } from "../../figures/percentile-curves.ts";
import type { ResultsView, TrialView } from "../../figures/view.ts";
import { tailSentence } from "../sentences.ts";
import { logAxis } from "./drawing/axes.ts";
import { hasUnanswered, nameAtTheArrow, nameAtTheRight, nameRow, nameRows, shares } from "./curve-names.ts";
import { arrowUp, dot, line, path, text } from "./drawing/marks.ts";
import { loadNote } from "./notes.ts";
import type { Picture, Place } from "./drawing/picture.ts";
import { size, sizes } from "./drawing/theme.ts";
import type { Theme } from "./drawing/theme.ts";

// To the right of the lines, for the names of those that have all customers.
const namesWidth = 370;
const marked = [50, 90, 95, 99, 99.9];

/** Each further nine as far away as the one before: that is where the unlucky are. */
const ninesOf = (percent: number) => -Math.log10(1 - Math.min(percent, 99.99) / 100);

/** How long customers wait, from the lucky to the unlucky: a line for each chapter, lines that lie together labelled once. */
export function latencyPercentiles(view: ResultsView, trial: TrialView): Picture {
  const curves = curvesOf(trial);
  const order = curves.map(({ id }) => id);
  const bundles = bundled(curves);
  const percents = [...new Set(curves.flatMap(({ steps }) => steps.map(({ percent }) => percent)))];
  const most = ninesOf(Math.max(90, ...percents)) + 0.25;
  const unanswered = bundles.filter((bundle) => bundle.some(hasUnanswered));
  const aboutWide = size.width - 2 * size.side - namesWidth;
  const rows = nameRows(
    unanswered,
    order,
    (percent) => (Math.min(ninesOf(percent), most) / most) * aboutWide,
  );
  const lines = Math.max(0, ...rows.values()) + 1;
  const allMs = curves.flatMap(({ steps, slowestMs }) => [slowestMs, ...steps.map(({ ms }) => ms)]);
  return {
    name: "latency-percentiles",
    title: tailSentence(curves),
    description: `Response time by percentile, both axes logarithmic. ${curves.map(inWords).join("; ")}.`,
    note: loadNote(view, trial),
    legend: ({ quiet }) => [
      {
        label: "answered within so long",
        draw: (context, { x, y }) => path(context, across({ x, y }), { colour: quiet, width: 5 }),
      },
      {
        label: "the rest got an error, or no answer",
        draw: (context, { x, y }) => arrowUp(context, { x, y: y + 22 }, y - 22, quiet),
      },
    ],
    padding: { left: 50, right: namesWidth, bottom: 96, top: 16 + lines * nameRow },
    scales: (theme) => ({
      x: { type: "linear", min: 0, max: most, display: false },
      y: logAxis(theme, { minMs: 1, maxMs: Math.max(1_000, ...allMs) * 1.2 }),
    }),
    points: curves.flatMap(({ label, steps }) =>
      steps.map(({ percent, ms }) => ({
        x: ninesOf(percent),
        y: ms,
        label: `${label}: ${percent} % answered within ${spoken(ms)}`,
      })),
    ),
    draw: (place) => {
      percentAxis(place, percents);
      const drawn = bundles.map((bundle) => {
        const style = styleOf(place.theme, bundles, bundle);
        const tipY = place.top - 14 - (rows.get(bundle) ?? 0) * nameRow;
        const end = drawBundle(place, bundle, { ...style, tipY });
        return { bundle, colour: style.colour, end, tipY };
      });
      nameAtTheRight(
        place,
        drawn.filter(({ bundle }) => !unanswered.includes(bundle)),
        order,
      );
      for (const each of drawn.filter(({ bundle }) => unanswered.includes(bundle))) {
        nameAtTheArrow(place, each, { y: each.tipY + 8, order });
      }
    },
  };
}

const across = ({ x, y }: { x: number; y: number }) => [
  { x: x - 24, y },
  { x: x + 24, y },
];

const bundleApart = 1.5;

/** Curves that lie on each other all along. */
function bundled(curves: readonly Curve[]): Curve[][] {
  const bundles: Curve[][] = [];
  for (const curve of curves) {
    const bundle = bundles.find(([first]) => first !== undefined && liesOn(first, curve));
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

function styleOf(theme: Theme, bundles: readonly Curve[][], bundle: Curve[]) {
  const { text: dark, works, answered, alarm, quiet, second } = theme;
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
  return styles[bundles.indexOf(bundle) % styles.length] ?? { colour: dark, dash: [] };
}

function percentAxis({ context, theme, x, top, bottom, left, right }: Place, percents: readonly number[]) {
  for (const percent of marked.filter((each) => percents.includes(each))) {
    const at = x(ninesOf(percent));
    line(context, { x: at, y: top }, { x: at, y: bottom }, theme.grid, 2);
    const words = { colour: theme.quiet, pixels: sizes.note, align: "center" } as const;
    text(context, `${percent} %`, { x: at, y: bottom + 30 }, words);
  }
  const words = { colour: theme.quiet, pixels: sizes.note, align: "center" } as const;
  text(context, "so many customers were answered within …", { x: (left + right) / 2, y: bottom + 68 }, words);
}

function drawBundle(
  place: Place,
  bundle: readonly Curve[],
  { tipY, ...style }: { colour: string; dash: number[]; tipY: number },
) {
  const { context, x, y, right } = place;
  let end = { x: right, y: place.bottom };
  for (const { steps, answeredPercent, slowestMs } of bundle) {
    const points = steps.map(({ percent, ms }) => ({ x: x(ninesOf(percent)), y: y(ms) }));
    if (answeredPercent < 100 && slowestMs > 0) {
      points.push({ x: Math.min(x(ninesOf(answeredPercent)), right), y: y(slowestMs) });
    }
    path(context, points, { ...style, width: bundle.length > 1 ? 4 : 6 });
    const last = points.at(-1) ?? end;
    end = last.x > end.x || end.x === right ? last : end;
    if (answeredPercent < 100) {
      dot(context, last, style.colour, 7);
      arrowUp(context, last, tipY, style.colour);
    }
  }
  return end;
}

function inWords({ label, steps, answeredPercent }: Curve): string {
  const told = steps.filter(({ percent }) => marked.includes(percent));
  const within = told.map(({ percent, ms }) => `${percent} % within ${spoken(ms)}`);
  const never =
    answeredPercent < 100 ? [`${shares(100 - answeredPercent, 100 - answeredPercent)} never`] : [];
  return `${label}: ${[...within, ...never].join(", ") || "nobody was answered"}`;
}
