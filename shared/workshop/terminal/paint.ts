const escape = "\u001B";
const codes = { bold: "1", dim: "2", red: "31", green: "32", yellow: "33", cyan: "36", reverse: "7" };
export type Style = keyof typeof codes;

/** Colours a text, or returns it unchanged. Colour must not be the only thing that says it. */
export type Paint = (style: Style, text: string) => string;

/** Colours, or none if the user doesn't want any (no-color.org). */
export function painter(isColoured: boolean): Paint {
  return (style, text) =>
    isColoured && text !== "" ? `${escape}[${codes[style]}m${text}${escape}[0m` : text;
}

// A colour, another escape sequence, or one character.
const parts = new RegExp(String.raw`(${escape}\[[\d;]*m)|${escape}(?:\[[\d;?]*[ -/]*[@-~]|[^\[])?|[^]`, "gu");

/** The columns that a text takes on a terminal, without its colours. */
export function widthOf(text: string): number {
  return [...text.matchAll(parts)].filter(([part, colour]) => colour === undefined && isShown(part)).length;
}

/**
 * One line of at most `columns` columns, ending in three dots if something was cut off. Keeps colours and drops every other
 * escape sequence, since processes and participants may have written the text.
 */
export function cut(text: string, columns: number): string {
  const isCut = widthOf(text) > columns;
  const room = Math.max(0, isCut ? columns - 3 : columns);
  let used = 0;
  let kept = "";
  let dotted = false;
  for (const [part, colour] of text.matchAll(parts)) {
    if (colour !== undefined) {
      kept += colour;
    } else if (isShown(part) && used < room) {
      used += 1;
      kept += part === "\t" ? " " : part;
    } else if (isShown(part) && !dotted) {
      dotted = true;
      kept += ".".repeat(Math.max(0, Math.min(3, columns)));
    }
  }
  return kept;
}

/** The text padded or cut to exactly `columns` columns. Empty if there is no room at all. */
export function fit(text: string, columns: number, side: "left" | "right" = "left"): string {
  const short = cut(text, columns);
  const blanks = " ".repeat(Math.max(0, columns - widthOf(short)));
  return side === "left" ? short + blanks : blanks + short;
}

function isShown(part: string): boolean {
  return part === "\t" || !/^\p{Cc}/u.test(part);
}

/** A key and what it does, in a word or two. */
export interface Key {
  key: string;
  does: string;
}

/** All keys in as few lines as possible, in columns of equal width. */
export function drawKeys(keys: readonly Key[], columns: number, paint: Paint): string[] {
  const texts = keys.map(({ key, does }) => `${paint("bold", key)} ${does}`);
  const widest = Math.max(...texts.map(widthOf)) + 2;
  const perLine = Math.max(1, Math.floor((columns + 2) / widest));
  return Array.from({ length: Math.ceil(texts.length / perLine) }, (_, line) =>
    texts
      .slice(line * perLine, (line + 1) * perLine)
      .map((text, index, all) => (index === all.length - 1 ? text : fit(text, widest)))
      .join(""),
  );
}
