import type { Quantiles } from "#shared/results.ts";
import { duration } from "#shared/words.ts";

export { capitalized, counted, duration, listed, spoken } from "#shared/words.ts";

type Quantile = "p50Ms" | "p90Ms" | "p99Ms" | "maxMs";

/**
 * A quantile as text. What never finished is `>8s` if it was watched that long and may still finish, otherwise `never`. A dash if
 * there were too few samples, or none.
 */
export function quantileText(quantiles: Quantiles, which: Quantile): string {
  const ms = quantiles[which];
  if (typeof ms === "number") {
    return duration(ms);
  }
  if (ms === undefined || quantiles.count === 0) {
    return "-";
  }
  const { watchedMs, slowestFinishedMs = 0 } = quantiles;
  if (watchedMs === undefined) {
    return "never";
  }
  const atLeastMs = which === "maxMs" ? Math.max(watchedMs, slowestFinishedMs) : watchedMs;
  return `>${Math.floor(atLeastMs / 1_000)}s`;
}

/** `3 times`, `1.4 times`. */
export function times(ratio: number): string {
  return `${ratio < 9.5 ? Math.round(ratio * 10) / 10 : Math.round(ratio)} times`;
}

/** Breaks text into lines of at most `width`, with later ones indented. */
export function wrapped(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length > width && line !== "") {
      lines.push(line);
      line = indent + word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}
