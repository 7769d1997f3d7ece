import type { Results, SweepPoint } from "#shared/results.ts";
import { quantileText } from "./format.ts";

// Nine rates and a name fill 80 columns.
const cellWidth = 7;
const nameWidth = 17;

/** The sweep for a screen: both clocks' medians by arrival rate; `*` where there was no steady state. */
export function sweepLines({ chapters, plans }: Results, width: number): string[] {
  const swept = chapters.filter(({ sweep = [] }) => sweep.length > 0);
  if (swept.length === 0 || plans.sweep === undefined) {
    return [];
  }
  const rates = plans.sweep.phases.map(({ perSecond }) => perSecond);
  const line = (name: string, cells: readonly string[]) =>
    `${name.padEnd(nameWidth)}${cells.map((cell) => cell.padStart(cellWidth)).join("")}`.slice(0, width);
  const byRate = (points: readonly SweepPoint[], clock: "response" | "activation") =>
    rates.map((rate) => {
      const point = points.find(({ perSecond }) => perSecond === rate);
      return point === undefined ? "" : `${quantileText(point[clock], "p50Ms")}${point.steady ? "" : "*"}`;
    });
  return [
    line("PER SECOND", rates.map(String)),
    ...swept.flatMap(({ label, sweep = [] }) => [
      line(`${label.padEnd(10)}answer`, byRate(sweep, "response")),
      line(`${" ".repeat(10)}works`, byRate(sweep, "activation")),
    ]),
    "(p50; * no steady state: more came than was done)",
  ];
}
