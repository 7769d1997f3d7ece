import { StoryError } from "../story-error.ts";
import type { Block } from "./block.ts";

const kinds = ["answered", "works", "alarm"];

/** Figures in the largest letters, a line for each: `answered: {{02 sooner}} sooner / until the customer is answered`. */
export const big: Block = ({ text, inline }) => {
  const figures = text.split("\n").map((line) => {
    const [, kind = "", value = "", words = ""] = /^(?:([a-z]+): )?(.+?) \/ (.+)$/.exec(line) ?? [];
    if (value === "" || (kind !== "" && !kinds.includes(kind))) {
      throw new StoryError(
        `Expected lines such as \`answered: {{02 sooner}} / sooner\` (or ${kinds.join(", ")}) in \`big\`, got \`${line}\`; rewrite it.`,
      );
    }
    return `<div class="big ${kind}"><strong>${inline(value)}</strong><span>${inline(words)}</span></div>`;
  });
  return `<div class="bigs">${figures.join("")}</div>`;
};
