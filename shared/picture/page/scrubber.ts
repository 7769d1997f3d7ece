// The time of a replay: a slider above the customers who came, and below it the named moments.
import type { Bookmark } from "../scene/timeline.ts";
import { button, element, seconds, svg } from "./element.ts";

/** A bookmark of one chapter, or of several at about the same moment. */
export interface NamedMoment extends Bookmark {
  /** "06", or "" if it is common to all chapters. */
  row: string;
  /** When it has happened in all of these chapters: a click jumps there. */
  goToMs: number;
}

interface ScrubberOptions {
  endMs: number;
  arrivals: readonly number[];
  moments: readonly NamedMoment[];
  onSeek: (atMs: number) => void;
}

// The slider's step for the arrow keys. The buttons make finer ones.
const stepMs = 100;
// Space between two names on one line, in pixels.
const namesApart = 10;

export class Scrubber {
  readonly element = element("div", { class: "scrubber" });
  readonly #slider: HTMLInputElement;
  readonly #names: { moment: NamedMoment; name: HTMLButtonElement }[];
  readonly #options: ScrubberOptions;

  constructor(options: ScrubberOptions) {
    this.#options = options;
    const { endMs, arrivals, moments, onSeek } = options;
    const most = Math.max(1, ...arrivals);
    const bars = arrivals.map((count, at) =>
      svg("rect", { x: at, y: 10 - (10 * count) / most, width: 0.8, height: (10 * count) / most }),
    );
    const picture = svg(
      "svg",
      { viewBox: `0 0 ${arrivals.length} 10`, preserveAspectRatio: "none", "aria-hidden": "true" },
      ...bars,
    );
    this.#slider = element("input", {
      type: "range",
      min: 0,
      max: Math.ceil(endMs),
      step: stepMs,
      value: 0,
      "aria-label": "Time",
    });
    this.#slider.addEventListener("input", () => onSeek(Number(this.#slider.value)));
    const names = element("div", { class: "names" });
    this.#names = moments.map((moment) => {
      const words = moment.row === "" ? moment.text : `${moment.row} ${moment.text}`;
      const name = button(words, { "aria-label": `${words}, at ${seconds(moment.atMs)}` }, () =>
        onSeek(moment.goToMs),
      );
      name.style.left = `${(100 * moment.atMs) / endMs}%`;
      names.append(name);
      return { moment, name };
    });
    this.element.append(picture, this.#slider, names);
    new ResizeObserver(() => this.#spread(names)).observe(names);
  }

  show(atMs: number, words: string): void {
    const value = String(Math.round(atMs));
    if (this.#slider.value !== value) {
      this.#slider.step = "1";
      this.#slider.value = value;
      this.#slider.step = String(stepMs);
    }
    if (this.#slider.getAttribute("aria-valuetext") !== words) {
      this.#slider.setAttribute("aria-valuetext", words);
    }
  }

  /** Moves overlapping names one line down. */
  #spread(names: HTMLElement): void {
    const width = names.clientWidth;
    const ends: number[] = [];
    for (const { moment, name } of this.#names) {
      const own = name.offsetWidth + namesApart;
      const wanted = (width * moment.atMs) / this.#options.endMs;
      // At the right end a name is to the left of its moment.
      const isRight = wanted + own > width;
      name.classList.toggle("right", isRight);
      const from = isRight ? wanted - own : wanted;
      let line = ends.findIndex((end) => end <= from);
      line = line < 0 ? ends.length : line;
      ends[line] = from + own;
      name.style.setProperty("--line", String(line));
    }
    names.style.setProperty("--lines", String(Math.max(1, ends.length)));
  }
}

/** Chapters see the same kill within a few milliseconds. */
export const sameMomentMs = 350;

/** The bookmarks of all chapters. What happens to all of them at about the same time becomes one. */
export function momentsOf(
  timelines: readonly { row: string; bookmarks: readonly Bookmark[] }[],
): NamedMoment[] {
  const found: NamedMoment[] = [];
  const isOne = timelines.length === 1;
  for (const { row, bookmarks } of timelines) {
    for (const bookmark of bookmarks) {
      const same = timelines.flatMap(
        (each) =>
          each.bookmarks.find(
            ({ text, atMs }) =>
              kindOf(text) === kindOf(bookmark.text) && Math.abs(atMs - bookmark.atMs) < sameMomentMs,
          ) ?? [],
      );
      if (isOne || same.length < timelines.length) {
        found.push({ ...bookmark, row: isOne ? "" : row, goToMs: bookmark.atMs });
      } else if (row === timelines[0]?.row) {
        const goToMs = Math.max(...same.map(({ atMs }) => atMs));
        found.push({ ...bookmark, text: kindOf(bookmark.text), row: "", goToMs });
      }
    }
  }
  return found.toSorted((left, right) => left.atMs - right.atMs);
}

/** In every chapter the process that does the work is killed at the same moment. */
const kindOf = (text: string): string => (text.startsWith("kill ") ? "kill" : text);
