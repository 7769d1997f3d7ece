import { listed } from "../../figures/format.ts";
import type { SimulatedHour, SimulatedHours } from "../../figures/simulated-hours.ts";
import { legendBox, placesAxis, tickedAxis } from "./drawing/picture.ts";
import { box, text } from "./drawing/marks.ts";
import type { Picture, PlotArea } from "./drawing/picture.ts";
import { size, sizes } from "#shared/picture/theme.ts";
import type { Theme } from "#shared/picture/theme.ts";

export const hoursPictureName = "past-this-laptop";

type Variant = SimulatedHour["variant"];

const labels: Record<Variant, string> = {
  "all grows": "all grows",
  pollers: "provisioned mode",
  template: "08 as it is",
  "no limit": "no limit",
};
// Of all devices; the others may be the vendor's bad luck.
const nearlyAll = 0.95;
// Between two rates, in rows.
const gap = 0.7;

/** A part of a bar: what it is, how much, and in which colour. */
interface Part {
  words: string;
  of: (hour: SimulatedHour) => number;
  colour: (theme: Theme) => string;
}

/** What becomes of the devices of an hour, by the rate at which customers come and by what grows with it. */
export function pastThisLaptop({ hours, withinSeconds }: SimulatedHours): Picture {
  const parts = partsOf(withinSeconds);
  const rates = [...new Set(hours.map(({ perSecond }) => perSecond))];
  const topOf = (hour: SimulatedHour) => hours.indexOf(hour) + rates.indexOf(hour.perSecond) * gap;
  const rows = hours.length + (rates.length - 1) * gap;
  return {
    name: hoursPictureName,
    title: titleOf(hours, withinSeconds),
    description: `Of 100 devices of an hour, simulated. ${hours.map((hour) => inWords(hour, parts)).join("; ")}.`,
    note: "Of 100 devices; an hour of customers and the time until nothing is left, simulated, not measured on AWS",
    legend: (theme) => parts.map(({ words, colour }) => ({ label: words, draw: legendBox(colour(theme)) })),
    padding: { left: 460, right: size.side, bottom: 30 },
    scales: (theme) => ({
      x: tickedAxis(theme, { type: "linear", min: 0, max: 100, at: [0, 25, 50, 75, 100], label: String }),
      y: placesAxis(rows, true),
    }),
    spots: hours.map((hour) => ({ x: 50, y: topOf(hour) + 0.5, label: inWords(hour, parts) })),
    draw: (area) => {
      for (const hour of hours) {
        drawBar(area, hour, topOf(hour), parts);
      }
      for (const rate of rates) {
        const first = hours.find(({ perSecond }) => perSecond === rate);
        const y = area.y((first ? topOf(first) : 0) + 0.5);
        text(
          area.context,
          `${spokenRate(rate)}/s`,
          { x: size.side, y },
          { colour: area.theme.text, weight: 700 },
        );
      }
    },
  };
}

const partsOf = (withinSeconds: number): Part[] => [
  { words: `works within ${withinSeconds} s`, of: ({ works }) => works, colour: ({ works }) => works },
  { words: "works later", of: ({ worksLater }) => worksLater, colour: ({ between }) => between },
  { words: "set aside, or deleted by age", of: ({ never }) => never, colour: ({ alarm }) => alarm },
  { words: "turned away, nothing sent", of: ({ turnedAway }) => turnedAway, colour: ({ quiet }) => quiet },
];

function drawBar(area: PlotArea, hour: SimulatedHour, top: number, parts: readonly Part[]): void {
  const { context, theme, x, y } = area;
  const [from, to] = [y(top + 0.1), y(top + 0.9)];
  const label = { colour: theme.text, pixels: sizes.note };
  text(context, labels[hour.variant], { x: size.side + 140, y: (from + to) / 2 }, label);
  let left = 0;
  for (const { of, colour } of parts) {
    const right = left + 100 * of(hour);
    if (right > left) {
      box(context, { x: x(left), y: from, width: x(right) - x(left), height: to - from }, colour(theme));
    }
    left = right;
  }
}

const spokenRate = (rate: number) => rate.toLocaleString("en-US");

function inWords(hour: SimulatedHour, parts: readonly Part[]): string {
  const each = parts.filter(({ of }) => of(hour) > 0).map(({ words, of }) => `${percent(of(hour))} ${words}`);
  return `${spokenRate(hour.perSecond)} a second, ${labels[hour.variant]}: ${each.join(", ")}`;
}

const percent = (share: number) => (share < 0.005 ? "less than 1 %" : `${Math.round(100 * share)} %`);

/** Up to which rate each variant keeps nearly all devices working in time. */
function titleOf(hours: readonly SimulatedHour[], withinSeconds: number): string {
  const variants = [...new Set(hours.map(({ variant }) => variant))];
  const keeps = variants.map((variant) => {
    const own = hours.filter((hour) => hour.variant === variant);
    const firstLate = own.findIndex(({ works }) => works < nearlyAll);
    const kept = own.slice(0, firstLate < 0 ? own.length : firstLate).at(-1);
    return { variant, upTo: kept === undefined ? "nowhere" : `up to ${spokenRate(kept.perSecond)}` };
  });
  const limits = [...new Set(keeps.map(({ upTo }) => upTo))].map((upTo) => {
    const those = keeps.filter((each) => each.upTo === upTo).map(({ variant }) => labels[variant]);
    return `${listed(those)} ${upTo}`;
  });
  return `Nearly all devices work within ${withinSeconds} s: ${limits.join("; ")} customers a second.`;
}
