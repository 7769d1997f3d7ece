import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "#shared/run/chapters.ts";
import { numberedLines } from "#shared/workshop/course/places.ts";
import type { NumberedLine } from "#shared/workshop/course/places.ts";
import { StoryError } from "../read-story.ts";

/** A line of the file as a slide quotes it. */
export interface QuotedLine {
  words: string;
  /** Where the slide does so. An error about the line carries it. */
  line: number;
}

interface Quote {
  file: string;
  /** Must be in the file once. */
  from: QuotedLine;
  /** The next such line below `from` that is indented no deeper. Without it the quote is one line. */
  to?: QuotedLine | undefined;
}

const indentOf = (text: string) => text.search(/\S/);

/**
 * The lines of code that a slide quotes by the first and the last of them, without comments and moved to the left. White
 * space at the ends of a line doesn't count. Throws {@link StoryError} if the file has no such lines, or the first one twice.
 */
export function readQuote({ file, from, to }: Quote, root = projectFolder): NumberedLine[] {
  if (!/^chapters\/[\w-]+\/[\w.-]+$/.test(file) || !existsSync(join(root, file))) {
    throw new StoryError(
      `Expected a file of a chapter, such as \`chapters/03-queue/api.ts\`, got \`${file}\`; rewrite it.`,
    );
  }
  const comment = file.endsWith(".yaml") ? /^\s*#/ : /^\s*\/\//;
  const lines = numberedLines(readFileSync(join(root, file), "utf8")).filter(
    ({ text }) => !comment.test(text),
  );
  const isSame = ({ text }: NumberedLine, { words }: QuotedLine) => text.trim() === words.trim();
  const [first, ...others] = lines.filter((line) => isSame(line, from));
  if (first === undefined) {
    throw new StoryError(
      `Expected the line \`${from.words}\` in the code of ${file}, found none; quote the first line to show as it is there.`,
      from,
    );
  }
  if (others.length > 0) {
    const places = [first, ...others].map(({ number }) => `${file}:${number}`).join(" and ");
    throw new StoryError(
      `Expected the line \`${from.words}\` once, found it at ${places}; begin with a line that is there once.`,
      from,
    );
  }
  const start = lines.indexOf(first);
  const end =
    to === undefined
      ? start
      : lines.findIndex(
          (line, at) => at > start && isSame(line, to) && indentOf(line.text) <= indentOf(first.text),
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
