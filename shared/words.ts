// How screens and texts express figures. Pure, since pages use it too.

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

/** The same for a sentence or a picture: `431 ms`. */
export function spoken(ms: number): string {
  return duration(ms).replace(/(?=m?s$)/, " ");
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

/** For the beginning of a title. */
export function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const ordinals = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"];

/** `first`, `second`, ... `10th`. */
export const ordinal = (nth: number): string => ordinals[nth - 1] ?? `${nth}th`;

/** A moment of a run, in seconds: `4.05 s`, `12.4 s`. */
export function moment(ms: number): string {
  const exact = (ms / 1_000).toFixed(2);
  return `${exact.endsWith("0") ? exact.slice(0, -1) : exact} s`;
}

/** A sentence in parts: every second one is what it has between backticks, which a page shows as code. */
export const codeApart = (sentence: string): string[] => sentence.split(/`([^`]+)`/);
