import type { Limit } from "#shared/limit.ts";
import { spoken } from "./format.ts";

/** `0.53`, `3.4`, `28`, `440`: rounded down, so that none is shown as more than it was. */
export function rateText(perSecond: number): string {
  const digits = perSecond < 1 ? 2 : perSecond < 10 ? 1 : 0;
  const scale = 10 ** digits;
  return (Math.floor(perSecond * scale + 1e-9) / scale).toFixed(digits);
}

/** `24 to 28`, `at least 512`. */
export function intervalText({
  fromPerSecond,
  toPerSecond,
}: Pick<Limit, "fromPerSecond" | "toPerSecond">): string {
  const from = rateText(fromPerSecond);
  const to = toPerSecond === undefined ? undefined : rateText(toPerSecond);
  return to === undefined ? `at least ${from}` : from === to ? `about ${from}` : `${from} to ${to}`;
}

/** Which clock broke first. */
export function brokeText({ broke }: Pick<Limit, "broke">): string {
  return broke === undefined
    ? "none"
    : { answered: "answered", works: "device works", both: "both clocks" }[broke];
}

/** `80 of 100 cases`. */
export const confidenceText = (limit: Pick<Limit, "confidence"> | undefined): string =>
  `${Math.round(100 * (limit?.confidence ?? 0))} of 100 cases`;

/** `100 ms`, `2 s`. */
export const timeText = (ms: number): string => spoken(ms).replace(".0", "");

/** The promise in words, with its clocks. */
export function promiseText({ promised: { answeredMs, worksMs } }: Pick<Limit, "promised">): string {
  const works = worksMs === undefined ? "" : ` and 95 % of the devices working within ${timeText(worksMs)}`;
  return `95 % answered within ${timeText(answeredMs)}${works}, and no growing backlog`;
}
