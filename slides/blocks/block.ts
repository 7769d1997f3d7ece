import type { Evidence } from "../evidence.ts";

/** What a block is drawn from. */
interface BlockInput {
  /** Behind its name. */
  words: readonly string[];
  text: string;
  evidence: Evidence;
  /** A piece of text as HTML, with its figures looked up. */
  inline: (part: string) => string;
}

/** Draws a block of a slide as HTML. Throws `StoryError` for what it can't draw. */
export type Block = (input: BlockInput) => string;
