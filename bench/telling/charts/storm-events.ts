import type { Plan, PlanEvent } from "#shared/results.ts";
import type { TrialView } from "../../figures/view.ts";
import { path, text } from "./drawing/marks.ts";
import type { Place } from "./drawing/picture.ts";
import { font, sizes } from "./drawing/theme.ts";

const words: Record<PlanEvent["does"], string> = {
  "kill-worker": "kill",
  "kill-api": "kill API",
  "outage-begins": "",
  "outage-ends": "vendor down",
  "heal-and-redrive": "redrive",
};

export const rowHeight = 28;
export const rowsOfWords = 2;

/** Behind the lanes: the time in which the vendor is down. */
export function drawOutage({ context, theme, x, bottom, top }: Place, { outage }: TrialView): void {
  if (outage) {
    const from = x(outage.fromSecond);
    context.fillStyle = theme.trouble;
    context.fillRect(from, top, x(outage.toSecond) - from, bottom - top);
  }
}

/** Through all lanes, what happens to every chapter at that moment; its name stands once, on top. */
export function drawEvents({ context, theme, x, top, bottom }: Place, plan: Plan): void {
  // From the last to the first: a name stands above that of a later event, whose line would else run through it.
  const rowStarts = Array.from({ length: rowsOfWords }, () => Infinity);
  context.font = font(sizes.note, 600);
  for (const { atMs, does } of plan.events.toReversed()) {
    // The outage's name ends with it, since a kill may follow at once.
    const label = words[does];
    const at = x(atMs / 1_000);
    const isKill = does.startsWith("kill");
    const colour = isKill ? theme.alarm : theme.text;
    const width = context.measureText(label).width;
    const from = does === "outage-ends" ? at - width : at + 8;
    const free = rowStarts.findIndex((start) => start > from + width + 12);
    const row = free === -1 ? rowsOfWords - 1 : free;
    const y = top - 18 - row * rowHeight;
    if (isKill || does === "heal-and-redrive") {
      const style = { colour, width: 3, dash: isKill ? [] : [10, 7] };
      path(
        context,
        [
          { x: at, y: y - 12 },
          { x: at, y: bottom },
        ],
        style,
      );
    }
    if (label !== "") {
      rowStarts[row] = Math.min(from, at);
      text(context, label, { x: from, y }, { colour, pixels: sizes.note, weight: 600 });
    }
  }
}
