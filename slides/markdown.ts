import MarkdownIt from "markdown-it";
import { escaped } from "#shared/html.ts";
import { needClaim, readClaim } from "./figures.ts";
import type { BothTexts, SlideFigures } from "./figures.ts";
import { StoryError } from "./read-story.ts";
import { architecture } from "./blocks/architecture.ts";
import { chart } from "./blocks/chart.ts";
import { code } from "./blocks/code.ts";
import { lanes } from "./blocks/lanes.ts";
import { replay } from "./blocks/replay.ts";
import { big, exercise, measured } from "./blocks/text.ts";
import { timelines } from "./blocks/timelines.ts";

interface Rendering {
  /** The items of its lists appear one by one. */
  steps?: boolean;
  /** The number of the text's first line in its file. */
  firstLine?: number;
}

/** A slide's Markdown as HTML, with its blocks drawn and its figures looked up. Throws {@link StoryError}. */
export function renderMarkdown(
  text: string,
  figures: SlideFigures,
  { steps = false, firstLine = 1 }: Rendering = {},
): string {
  const markdown = new MarkdownIt({ html: false, typographer: false });
  markdown.renderer.rules["fence"] = (tokens, index) => {
    const { info = "", content = "", map } = tokens[index] ?? {};
    const [name = "", ...words] = info.trim().split(/\s+/);
    try {
      const draw = Object.hasOwn(blocks, name) ? blocks[name] : undefined;
      if (draw === undefined) {
        const known = Object.keys(blocks).join(", ");
        throw new StoryError(`Expected one of the blocks ${known}, got \`${name}\`; rename it.`);
      }
      return draw({
        words,
        text: content.trimEnd(),
        figures,
        inline: (part) => fillIn(escaped(part), figures),
      });
    } catch (cause) {
      // A block counts the lines below its name.
      const inBlock = cause instanceof StoryError ? (cause.line ?? 0) : 0;
      const line = firstLine + (map?.[0] ?? 0) + inBlock;
      throw cause instanceof Error ? new StoryError(cause.message, { line, cause }) : cause;
    }
  };
  if (steps) {
    markdown.renderer.rules["list_item_open"] = () => '<li class="fragment">';
  }
  return fillIn(markdown.render(text), figures);
}

/** One line of text. */
export const renderLine = (text: string, figures: SlideFigures): string => fillIn(escaped(text), figures);

/** `{{02 sooner}}` becomes the figure; `{{02 sooner at least 10 | ten times}}` becomes the words, if the claim is true. */
function fillIn(html: string, figures: SlideFigures): string {
  const filled = html.replaceAll(/\{\{([^{}]*)\}\}/g, (_whole, inside: string) => {
    const [name = "", words] = inside.split("|").map((part) => part.trim());
    if (words !== undefined) {
      figures.claim(needClaim(name));
      return words;
    }
    if (readClaim(name) !== undefined) {
      throw new StoryError(
        `Expected the words of the claim \`${name}\`, as in \`{{${name} | words}}\`; add them.`,
      );
    }
    return both(figures.figure(name));
  });
  if (/\{\{|\}\}/.test(filled)) {
    throw new StoryError("Expected each `{{` to end with `}}` in its line, got one that does not; end it.");
  }
  return filled;
}

/** The page contains both texts, and shows one or the other. */
function both({ own, reference }: BothTexts): string {
  const nothing = "not measured";
  return (
    `<span class="figure" data-own="${escaped(own ?? nothing)}" data-reference="${escaped(reference ?? nothing)}">` +
    `${escaped(own ?? reference ?? nothing)}</span>`
  );
}

/** What a block is drawn from. */
interface BlockInput {
  /** The words after its name. */
  words: readonly string[];
  text: string;
  figures: SlideFigures;
  /** Turns a piece of text into HTML, with its figures looked up. */
  inline: (part: string) => string;
}

/** What may follow the three signs that begin a block. Each returns HTML, or throws `StoryError`. */
const blocks: Record<string, (input: BlockInput) => string> = {
  architecture: ({ words: [chapter = ""] }) => architecture(chapter),
  lanes: ({ text }) => lanes(text),
  timelines: ({ text }) => timelines(text),
  big: ({ text, inline }) => big(text, inline),
  chart: ({ words: [name = "", ...rows], figures }) => chart(name, rows, figures),
  code: ({ words: [file = ""], text }) => code(file, text),
  exercise: ({ words: [minutes = "", chapter = ""], text, inline }) =>
    exercise(minutes, chapter, text, inline),
  measured: ({ text, inline }) => measured(text, inline),
  replay: ({ words, figures }) => replay(words, figures),
};
