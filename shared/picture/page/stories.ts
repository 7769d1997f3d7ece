// The stories of one customer beside the picture, one for each chapter.
import type { StoryLine } from "#shared/tracing/biography.ts";
import { button, element, seconds, wordsOf } from "./element.ts";

interface Story {
  /** "07 · One conditional write takes a lease" */
  title: string;
  lines: readonly StoryLine[];
}

export interface StoriesOptions {
  /** Jumps to a moment, where that is possible. */
  onSeek?: (atMs: number) => void;
  onClose: () => void;
}

export class Stories {
  readonly element = element("aside", {
    class: "stories",
    "aria-label": "The story of one activation",
    hidden: true,
  });
  readonly #options: StoriesOptions;
  #rows: { atMs: number; row: HTMLElement }[] = [];

  constructor(options: StoriesOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  show(customer: string, stories: readonly Story[]): void {
    this.#rows = [];
    const close = button("Close", { class: "close" }, this.#options.onClose);
    const parts = stories.map(({ title, lines }) => {
      const list = element("ol", {});
      for (const line of lines) {
        list.append(this.#row(line));
      }
      const nothing = element("p", { class: "quiet" }, "The trace says nothing of this customer.");
      return element("section", {}, element("h3", {}, title), lines.length === 0 ? nothing : list);
    });
    this.element.replaceChildren(
      element("header", {}, element("h2", {}, customer), close),
      element(
        "div",
        { class: "lines", tabindex: 0, role: "region", "aria-label": `What happened to ${customer}` },
        ...parts,
      ),
    );
    this.element.hidden = false;
  }

  hide(): void {
    this.element.hidden = true;
    this.#rows = [];
  }

  /** Darkens what has happened by then. The rest stays pale. */
  mark(atMs: number): void {
    for (const { atMs: lineMs, row } of this.#rows) {
      row.classList.toggle("ahead", lineMs > atMs + 0.05);
    }
  }

  #row({ atMs, text, code }: StoryLine): HTMLElement {
    const where =
      code === undefined ? [] : [element("code", { class: "place" }, `${code.file}:${code.line}`)];
    const { onSeek } = this.#options;
    const jump =
      onSeek === undefined
        ? element("span", { class: "moment" }, seconds(atMs))
        : button(seconds(atMs), { class: "moment", "aria-label": `Go to ${seconds(atMs)}` }, () =>
            onSeek(atMs),
          );
    const row = element("li", {}, jump, element("div", {}, ...wordsOf(text), ...where));
    this.#rows.push({ atMs, row });
    return row;
  }
}
