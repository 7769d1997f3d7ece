import { readFileSync } from "node:fs";
import { numberedLines } from "./places.ts";
import type { NumberedLine } from "./places.ts";

/** A quotation that a file doesn't contain, or contains twice. The message says where, and what to do. */
export class QuotationError extends Error {
  override readonly name = "QuotationError";
}

/** The lines of a file that are not comments, and so may be quoted. */
export function codeLines(path: string): NumberedLine[] {
  const comment = path.endsWith(".yaml") ? /^\s*#/ : /^\s*\/\//;
  return numberedLines(readFileSync(path, "utf8")).filter(({ text }) => !comment.test(text));
}

/** Whether these words quote a line. White space at its ends doesn't count. */
export const isQuotedBy = ({ text }: NumberedLine, words: string): boolean => text.trim() === words.trim();

/** The only line that these words quote. `file` names it in errors. Throws {@link QuotationError}. */
export function onlyLineLike(words: string, lines: readonly NumberedLine[], file: string): NumberedLine {
  const [first, ...others] = lines.filter((line) => isQuotedBy(line, words));
  if (first === undefined) {
    throw new QuotationError(
      `Expected the line \`${words}\` in the code of ${file}, found none; quote it as it is there.`,
    );
  }
  if (others.length > 0) {
    const places = [first, ...others].map(({ number }) => `${file}:${number}`).join(" and ");
    throw new QuotationError(
      `Expected the line \`${words}\` once, found it at ${places}; quote a line that is there once.`,
    );
  }
  return first;
}
