import type { Results, SweepPoint } from "#shared/results.ts";
import { quantileText } from "../format.ts";

const cellWidth = 6;
const nameWidth = 21;

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
    line("CUSTOMERS A SECOND", rates.map(String)),
    ...swept.flatMap(({ label, sweep = [] }) => [
      line(`${label} answered`, byRate(sweep, "response")),
      line(`${" ".repeat(label.length)} works`, byRate(sweep, "activation")),
    ]),
    "(p50; * no steady state: more came than was done)",
  ];
}
