import type { Limit } from "#shared/limit.ts";
import { spoken, wrapped } from "../figures/format.ts";
import { brokeText, confidenceText, intervalText, limitSentences, promiseText } from "../figures/limits.ts";

const columns = 80;
const indent = " ".repeat(11);
// Below this rate a probe has so few customers that chance decides.
const fewPerSecond = 5;

/** What was found, for people, in lines of at most 80 columns. */
export function limitLines(
  limits: readonly Limit[],
  { onThisMachine }: { onThisMachine: boolean },
): string[] {
  const promises = [...new Set(limits.map(promiseText))];
  const [first] = limits;
  return [
    ...promises.flatMap((promise) => {
      const of = limits.filter((limit) => promiseText(limit) === promise).map(({ label }) => label);
      return wrapped(`${promises.length > 1 ? `${of.join(", ")}: ` : ""}${promise}`, columns, "  ");
    }),
    ...(onThisMachine ? ["(embedded AWS on this machine, not AWS latencies)"] : []),
    "",
    `${indent}CUSTOMERS`,
    `${indent}A SECOND            BROKE FIRST     DONE IN A FLOOD  PROBES   TOOK`,
    ...limits.flatMap((limit) => [
      rowOf(limit),
      ...wrapped(limitSentences(limit).join(" "), columns - indent.length, "").map((line) => indent + line),
    ]),
    "",
    ...wrapped(notes(limits, confidenceText(first)), columns, ""),
  ];
}

function rowOf(limit: Limit): string {
  const { label, throughputPerSecond, probes, tookSeconds } = limit;
  return [
    label.padEnd(indent.length - 1),
    intervalText(limit).padEnd(19),
    brokeText(limit).padEnd(15),
    (throughputPerSecond === undefined ? "-" : throughputPerSecond.toFixed(1)).padStart(15),
    String(probes.length).padStart(7),
    spoken(tookSeconds * 1_000).padStart(6),
  ].join(" ");
}

function notes(limits: readonly Limit[], sure: string): string {
  const isSlow = limits.some(({ fromPerSecond }) => fromPerSecond < fewPerSecond);
  return (
    `The limit is in the interval in ${sure}.` +
    (isSlow ? ` Below ${fewPerSecond} a second so few come that it may be a factor of three wide.` : "")
  );
}
