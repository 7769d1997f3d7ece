import highlighter from "highlight.js/lib/core";
import typescript from "highlight.js/lib/languages/typescript";
import yaml from "highlight.js/lib/languages/yaml";
import { escaped } from "#shared/html.ts";
import type { NumberedLine } from "#shared/workshop/course/places.ts";
import { StoryError } from "../read-story.ts";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "#shared/run/chapters.ts";
import { codeLines, isQuotedBy, onlyLineLike, QuotationError } from "#shared/workshop/course/quotation.ts";

highlighter.registerLanguage("typescript", typescript);
highlighter.registerLanguage("yaml", yaml);

// This font's letters are 0.602 of their size wide. 23 px is just readable from the back row; more than 38 px doesn't help.
const [widthOfSlide, widthOfLetter] = [1_412, 0.602];
const smallest = 23;
const largestOf = (lines: number) => (lines <= 4 ? 38 : lines <= 8 ? 32 : 26);

/**
 * Lines of a chapter's own file: `code chapters/03-queue/api.ts`. The block quotes the first and the last of them:
 * `from: await sqs.send(message);`, and `to: ...` unless it is one line. Comments are not shown: they are what the speaker says.
 * `focus: await sqs.send` is a step that lights the line with these words, or several lines with `focus: if ( ... return`.
 * `hide: console.error` shows dots instead.
 */
export function code(file: string, text: string): string {
  const blockLines = text === "" ? [] : text.split("\n").map(readLine);
  const [from, ...otherFrom] = blockLines.filter(({ kind }) => kind === "from");
  const [to, ...otherTo] = blockLines.filter(({ kind }) => kind === "to");
  if (from === undefined || otherFrom.length + otherTo.length > 0) {
    throw new StoryError(
      `Expected one \`from: the first line\`, and at most one \`to: the last line\`, in \`code\`; quote lines of ${file}.`,
    );
  }
  const all = readQuote({ file, from, to });
  const found = (kind: BlockLine["kind"], among: readonly NumberedLine[]) =>
    blockLines
      .filter((blockLine) => blockLine.kind === kind)
      .map((blockLine) => linesWith(blockLine, among, file));
  const hidden = found("hide", all);
  const lines = all.flatMap((line) => {
    const hide = hidden.find((numbers) => numbers.includes(line.number));
    const dots = `${/^\s*/.exec(line.text)?.[0]}// ...`;
    return hide === undefined ? [line] : hide[0] === line.number ? [{ ...line, text: dots }] : [];
  });
  const longest = Math.max(...lines.map((line) => line.text.length));
  const size = Math.min(largestOf(lines.length), widthOfSlide / (longest * widthOfLetter));
  if (size < smallest) {
    const most = Math.floor(widthOfSlide / (smallest * widthOfLetter));
    throw new StoryError(
      `Expected lines of at most ${most} letters of ${file}, got one of ${longest}; hide it, or choose fewer.`,
    );
  }
  const language = file.endsWith(".yaml") ? "yaml" : "typescript";
  const coloured = highlightedLines(lines.map((line) => line.text).join("\n"), language);
  const rows = lines.map(
    ({ number }, at) => `<span class="line" data-line="${number}">${coloured[at] || " "}</span>`,
  );
  const focus = found("focus", lines).map(
    (numbers) => `<i class="fragment focus" data-lines="${numbers.join(" ")}"></i>`,
  );
  return (
    `<figure class="listing"><figcaption>${escaped(`${file}:${lines[0]?.number}`)}</figcaption>` +
    `<pre style="font-size: ${size.toFixed(1)}px"><code>${rows.join("\n")}</code></pre>${focus.join("")}</figure>`
  );
}

/** Each line as separate HTML. What spans several lines, such as a template string, is ended and begun again at each. */
function highlightedLines(text: string, language: string): string[] {
  const open: string[] = [];
  return highlighter
    .highlight(text, { language })
    .value.split("\n")
    .map((line) => {
      const begun = open.join("");
      for (const [tag] of line.matchAll(/<span[^>]*>|<\/span>/g)) {
        if (tag === "</span>") {
          open.pop();
        } else {
          open.push(tag);
        }
      }
      return `${begun}${line}${"</span>".repeat(open.length)}`;
    });
}

/** A line of the block. */
interface BlockLine extends QuotedLine {
  kind: "from" | "to" | "focus" | "hide";
}

function readLine(text: string, at: number): BlockLine {
  const [, kind, words = ""] = /^(from|to|focus|hide): (.+)$/.exec(text) ?? [];
  if (kind === undefined) {
    throw new StoryError(
      `Expected \`from:\`, \`to:\`, \`focus:\` or \`hide:\`, and words of the code, in \`code\`, got \`${text}\`; rewrite it.`,
      { line: at + 1 },
    );
  }
  return { kind: kind as BlockLine["kind"], words, line: at + 1 };
}

/** The numbers of the lines that a line of the block refers to. */
function linesWith(
  { words, line: ofBlock }: BlockLine,
  lines: readonly NumberedLine[],
  file: string,
): number[] {
  const [, from = "", to = from] = /^(.+?)(?: \.\.\. (.+))?$/.exec(words) ?? [];
  const begin = lines.findIndex((line) => line.text.includes(from));
  const end = lines.findIndex((line, at) => at >= begin && line.text.includes(to));
  if (begin === -1 || end === -1) {
    const missing = begin === -1 ? from : to;
    throw new StoryError(
      `Expected a line with \`${missing}\` in the lines that are shown of ${file}, found none; rewrite it.`,
      { line: ofBlock },
    );
  }
  return lines.slice(begin, end + 1).map(({ number }) => number);
}

/** A line of the file as a slide quotes it. */
interface QuotedLine {
  words: string;
  /** The line of the slide's text, for errors. */
  line: number;
}

interface Quote {
  file: string;
  /** Must occur in the file exactly once. */
  from: QuotedLine;
  /** The next such line below `from` that is indented no deeper. Without it the quote is one line. */
  to?: QuotedLine | undefined;
}

const indentOf = (text: string) => text.search(/\S/);

/**
 * The lines of code that a slide quotes by the first and the last of them, without comments and common indentation. White space at the
 * ends of a line doesn't count. Throws {@link StoryError} if the file has no such lines, or the first one twice.
 */
export function readQuote({ file, from, to }: Quote, root = projectFolder): NumberedLine[] {
  if (!/^chapters\/[\w-]+\/[\w.-]+$/.test(file) || !existsSync(join(root, file))) {
    throw new StoryError(
      `Expected a file of a chapter, such as \`chapters/03-queue/api.ts\`, got \`${file}\`; rewrite it.`,
    );
  }
  const lines = codeLines(join(root, file));
  const first = firstLine(from, lines, file);
  const start = lines.indexOf(first);
  const end =
    to === undefined
      ? start
      : lines.findIndex(
          (line, at) =>
            at > start && isQuotedBy(line, to.words) && indentOf(line.text) <= indentOf(first.text),
        );
  if (end === -1) {
    throw new StoryError(
      `Expected the line \`${to?.words}\` below ${file}:${first.number}, indented no deeper, found none; ` +
        "quote the last line to show as it is there.",
      to,
    );
  }
  const quoted = lines.slice(start, end + 1);
  const least = Math.min(...quoted.map(({ text }) => indentOf(text)).filter((indent) => indent >= 0));
  return quoted.map((line) => ({ ...line, text: line.text.slice(least) }));
}

function firstLine(from: QuotedLine, lines: readonly NumberedLine[], file: string): NumberedLine {
  try {
    return onlyLineLike(from.words, lines, file);
  } catch (error) {
    throw error instanceof QuotationError ? new StoryError(error.message, from) : error;
  }
}
