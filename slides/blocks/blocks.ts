import type { SlideFigures } from "../figures.ts";
import { architecture } from "./architecture.ts";
import { chart } from "./chart.ts";
import { code } from "./code.ts";
import { lanes } from "./lanes.ts";
import { big, exercise, measured } from "./text.ts";
import { timelines } from "./timelines.ts";

/** What a block is drawn from. */
interface BlockInput {
  /** Behind its name. */
  words: readonly string[];
  text: string;
  figures: SlideFigures;
  /** A piece of text as HTML, with its figures looked up. */
  inline: (part: string) => string;
}

/** What may stand behind the three signs that begin a block. Each gives HTML, and throws `StoryError` if it can't. */
export const blocks: Record<string, (input: BlockInput) => string> = {
  architecture: ({ words: [chapter = ""] }) => architecture(chapter),
  lanes: ({ text }) => lanes(text),
  timelines: ({ text }) => timelines(text),
  big: ({ text, inline }) => big(text, inline),
  chart: ({ words: [name = "", ...rows], figures }) => chart(name, rows, figures),
  code: ({ words: [file = ""], text }) => code(file, text),
  exercise: ({ words: [minutes = "", chapter = ""], text, inline }) =>
    exercise(minutes, chapter, text, inline),
  measured: ({ text, inline }) => measured(text, inline),
};
