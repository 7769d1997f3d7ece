import { figureOf, partOf } from "../bench/figures/named-figures.ts";
import type { Source } from "./sources.ts";
import { StoryError } from "./story-error.ts";

const comparisons: Record<string, (left: number, right: number) => boolean> = {
  "at least": (left, right) => left >= right,
  "at most": (left, right) => left <= right,
  "more than": (left, right) => left > right,
  "less than": (left, right) => left < right,
  is: (left, right) => left === right,
};
const form = new RegExp(`^(.+?) (${Object.keys(comparisons).join("|")}) (.+)$`);

/** A sentence about the results that is true or false: "02 sooner at least 10", "07 lost less than 02 lost". */
export interface Claim {
  text: string;
  /** The figure's name. */
  left: string;
  comparison: string;
  /** A number, or another figure's name. */
  right: number | string;
}

/** Reads a claim; undefined if it is none. Throws an error for a figure that there is not. */
export function readClaim(text: string): Claim | undefined {
  const [, left, comparison, right] = form.exec(text) ?? [];
  if (left === undefined || comparison === undefined || right === undefined) {
    return undefined;
  }
  const number = /^\d+(\.\d+)?$/.test(right) ? Number(right) : undefined;
  partOf(left);
  if (number === undefined) {
    partOf(right);
  }
  return { text, left, comparison, right: number ?? right };
}

/** The same for a text that must be a claim. */
export function needClaim(text: string): Claim {
  const claim = readClaim(text);
  if (claim === undefined) {
    const known = Object.keys(comparisons).join(", ");
    throw new StoryError(
      `Expected a claim with ${known}, such as \`02 sooner at least 10\`, got \`${text}\`; rewrite it.`,
    );
  }
  return claim;
}

/** Whether it holds, and what was found in words; undefined where something in it was not measured. */
export function judge(
  { left, comparison, right }: Claim,
  source: Source,
): { holds: boolean; found: string } | undefined {
  const sides = [left, ...(typeof right === "string" ? [right] : [])].map((name) => {
    const view = source[partOf(name)];
    const figure = view && figureOf(view, name);
    return figure && { name, ...figure };
  });
  const [first, second] = sides;
  if (first === undefined || sides.includes(undefined)) {
    return undefined;
  }
  const bound = typeof right === "number" ? right : (second?.value ?? Number.NaN);
  return {
    holds: comparisons[comparison]?.(first.value, bound) ?? false,
    found: sides.map((side) => `${side?.name} is ${side?.text}`).join(", "),
  };
}
