import type { Quantiles } from "#shared/results.ts";

/** A duration in at most five letters: `8ms`, `431ms`, `1.3s`, `12s`. */
export function duration(ms: number): string {
  if (ms < 9.5) {
    return `${Math.round(ms * 10) / 10}ms`;
  }
  if (ms < 999.5) {
    return `${Math.round(ms)}ms`;
  }
  return ms < 9_950 ? `${(ms / 1_000).toFixed(1)}s` : `${Math.round(ms / 1_000)}s`;
}

/** The same in a sentence or a picture: `431 ms`. */
export function spoken(ms: number): string {
  return duration(ms).replace(/(?=m?s$)/, " ");
}

type Quantile = "p50Ms" | "p90Ms" | "p99Ms" | "maxMs";

/**
 * A quantile in words: what never finished is `>8s` if it was watched for that long and may still come, else `never`;
 * one for which there were too few samples, or none, is a dash.
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

/** `one device`, `2 devices`. */
export function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? "" : "s"}`;
}

/** "02", "02 and 03", "02, 03 and 05" */
export function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} and ${last}`;
}

/** Breaks text into lines of at most `width`, the later ones indented. */
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

/** As the beginning of a title. */
export function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
