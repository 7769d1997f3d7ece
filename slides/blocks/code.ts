import highlighter from "highlight.js/lib/core";
import typescript from "highlight.js/lib/languages/typescript";
import yaml from "highlight.js/lib/languages/yaml";
import type { NumberedLine } from "#shared/workshop/course/regions.ts";
import { escaped } from "#shared/html.ts";
import { readSlideRegion } from "../regions.ts";
import { StoryError } from "../story-error.ts";
import type { Block } from "./block.ts";

highlighter.registerLanguage("typescript", typescript);
highlighter.registerLanguage("yaml", yaml);

// Letters of this font are 0.602 of their size wide. From the back row 23 can just be read, and more than 38 helps nobody.
const [widthOfSlide, widthOfLetter] = [1_412, 0.602];
const smallest = 23;
const largestOf = (lines: number) => (lines <= 4 ? 38 : lines <= 8 ? 32 : 26);

/**
 * Lines of a chapter's own file, between the markers of a region: `code chapters/03-queue/api.ts send-first`. Comments
 * stay in the file: the slide is said. Lines of the block: `focus: await sqs.send` is a step that lights that line, or with
 * `focus: if ( ... return` several; `hide: console.error` shows dots in their place.
 */
export const code: Block = ({ words: [file = "", region = ""], text }) => {
  const comment = file.endsWith(".yaml") ? /^\s*#/ : /^\s*\/\//;
  const all = withoutBlankEnds(readSlideRegion(file, region).filter((line) => !comment.test(line.text)));
  const wishes = text === "" ? [] : text.split("\n").map((wish) => read(wish, all, file));
  const hidden = wishes.filter(({ kind }) => kind === "hide");
  const lines = all.flatMap((line) => {
    const hide = hidden.find(({ numbers }) => numbers.includes(line.number));
    const dots = `${/^\s*/.exec(line.text)?.[0]}// ...`;
    return hide === undefined ? [line] : hide.numbers[0] === line.number ? [{ ...line, text: dots }] : [];
  });
  const longest = Math.max(...lines.map((line) => line.text.length));
  const size = Math.min(largestOf(lines.length), widthOfSlide / (longest * widthOfLetter));
  if (size < smallest) {
    const most = Math.floor(widthOfSlide / (smallest * widthOfLetter));
    throw new StoryError(
      `Expected lines of at most ${most} letters in \`${region}\` of ${file}, got one of ${longest}; hide it, or choose fewer.`,
    );
  }
  const language = file.endsWith(".yaml") ? "yaml" : "typescript";
  const rows = lines.map(({ number, text: line }) => {
    const { value } = highlighter.highlight(line, { language });
    return `<span class="line" data-line="${number}">${value === "" ? " " : value}</span>`;
  });
  const focus = wishes
    .filter(({ kind }) => kind === "focus")
    .map(({ numbers }) => `<i class="fragment focus" data-lines="${numbers.join(" ")}"></i>`);
  return (
    `<figure class="listing"><figcaption>${escaped(`${file}:${lines[0]?.number}`)}</figcaption>` +
    `<pre style="font-size: ${size.toFixed(1)}px"><code>${rows.join("\n")}</code></pre>${focus.join("")}</figure>`
  );
};

function withoutBlankEnds(lines: readonly NumberedLine[]): NumberedLine[] {
  const isFull = (line: NumberedLine) => line.text.trim() !== "";
  return lines.slice(lines.findIndex(isFull), lines.findLastIndex(isFull) + 1);
}

/** A wish of the block, and the lines that it means. */
function read(wish: string, lines: readonly NumberedLine[], file: string) {
  const [, kind, from = "", to] = /^(focus|hide): (.+?)(?: \.\.\. (.+))?$/.exec(wish) ?? [];
  if (kind === undefined) {
    throw new StoryError(
      `Expected \`focus: some words of a line\`, or \`hide:\`, in \`code\`, got \`${wish}\`; rewrite it.`,
    );
  }
  const begin = lines.findIndex((line) => line.text.includes(from));
  const end = to === undefined ? begin : lines.findIndex((line, at) => at >= begin && line.text.includes(to));
  if (begin === -1 || end === -1) {
    const missing = begin === -1 ? from : to;
    throw new StoryError(
      `Expected a line with \`${missing}\` in that region of ${file}, found none; rewrite it.`,
    );
  }
  return { kind, numbers: lines.slice(begin, end + 1).map(({ number }) => number) };
}
