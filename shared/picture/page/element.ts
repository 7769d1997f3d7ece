import { codeApart } from "#shared/words.ts";

type Attributes = Record<string, string | number | boolean>;

function filled<Made extends Element>(
  made: Made,
  attributes: Attributes,
  children: readonly (Node | string)[],
): Made {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) {
      made.setAttribute(name, value === true ? "" : String(value));
    }
  }
  // As text, so that nothing in a trace is parsed as HTML.
  made.append(...children);
  return made;
}

/** An element of the page with attributes and children. A string becomes text. */
export const element = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] => filled(document.createElement(name), attributes, children);

/** The same for SVG. */
export const svg = <Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): SVGElementTagNameMap[Name] =>
  filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);

/** The words of a sentence, with what it has between backticks as code. As text, so that nothing is parsed as HTML. */
export const wordsOf = (sentence: string): (Node | string)[] =>
  codeApart(sentence).map((part, at) => (at % 2 === 0 ? part : element("code", {}, part)));

/** Changes a text only if it differs, so that unchanged text costs nothing. In a sentence it shows code, as {@link wordsOf} does. */
export function say(where: Element | undefined | null, text: string): void {
  if (where && where.textContent !== codeApart(text).join("")) {
    where.replaceChildren(...wordsOf(text));
  }
}

/** A button whose label is shown and read aloud. */
export const button = (label: string, attributes: Attributes, onClick: () => void): HTMLButtonElement => {
  const made = element("button", { type: "button", ...attributes }, label);
  made.addEventListener("click", onClick);
  return made;
};

/** "9.40 s" */
export const seconds = (atMs: number, digits = 2): string =>
  `${(Math.max(0, atMs) / 1_000).toFixed(digits)} s`;
