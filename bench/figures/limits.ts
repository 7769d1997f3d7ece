import type { Limit } from "#shared/limit.ts";
import { capitalized, spoken } from "./format.ts";

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

// What a quiet machine does beside a benchmark takes less.
const othersFrom = 0.2;

/** Whether the flood was too much and no probe was, so that the upper end and what broke first are the flood's. */
export const isOfFlood = ({ broke, probes }: Pick<Limit, "broke" | "probes">): boolean =>
  broke !== undefined && probes.every(({ kept, doubt }) => kept || doubt !== undefined);

/** Why the limit is there, and what there is to know about it, in sentences. */
export function limitSentences(limit: Pick<Limit, "why" | "broke" | "probes" | "others">): string[] {
  const { why, others } = limit;
  return [
    `${capitalized(why)}.`,
    ...(isOfFlood(limit)
      ? ["No probe was too much for it: the upper end and what broke first are the flood's."]
      : []),
    ...(others !== undefined && others.cores >= othersFrom * others.of
      ? [
          `Other programs had ${others.cores.toFixed(1)} of the ${others.of} cores, so it may be too low: let nothing run beside it, and search again.`,
        ]
      : []),
  ];
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
