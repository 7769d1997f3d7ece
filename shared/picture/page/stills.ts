// Moments of a replay as still pictures, for paper.
import type { Theme } from "../theme.ts";
import { element, seconds } from "./element.ts";
import { createPanel, endOf, frameOf, namedMoments, readChapter } from "./player.ts";
import type { ReplayChapter } from "./player.ts";
import type { ReplayPanel } from "../replay-data.ts";
import { sameMomentMs } from "./scrubber.ts";

// More don't fit on a page.
const most = 4;

interface Still {
  atMs: number;
  words: string;
}

/** A picture of each moment with a name: its time, and a panel for each chapter. Call `draw` once the elements are visible. */
export function createStills(panels: readonly ReplayPanel[]): {
  elements: HTMLElement[];
  draw: (theme: Theme) => void;
} {
  const chapters = panels.map(readChapter);
  const toMs = endOf(chapters);
  const named = momentsToShow(chapters).slice(0, most);
  // Two fit in a row; the end fills it.
  const stills =
    named.length === 2 || named.length === most ? named : [...named, { atMs: toMs, words: "the end" }];
  const drawn = stills.map(({ atMs, words }) => {
    const pictures = chapters.map((chapter) => ({ chapter, panel: createPanel(chapter) }));
    const draw = (theme: Theme) => {
      for (const { chapter, panel } of pictures) {
        const rest = { speed: 1, glides: false, theme, selected: undefined, toMs };
        panel.draw(frameOf(chapter, { atMs, ...rest }));
      }
    };
    const name = element("figcaption", {}, element("strong", {}, seconds(atMs)), ` ${words}`);
    return {
      draw,
      element: element("figure", { class: "still" }, name, ...pictures.map(({ panel }) => panel.element)),
    };
  });
  return {
    elements: drawn.map((each) => each.element),
    draw: (theme) => drawn.forEach((each) => each.draw(theme)),
  };
}

/** What happens at about the same time becomes one picture. */
function momentsToShow(chapters: readonly ReplayChapter[]): Still[] {
  const stills: (Still & { fromMs: number })[] = [];
  for (const { atMs, goToMs, row, text } of namedMoments(chapters)) {
    const words = row === "" ? text : `${row} ${text}`;
    const last = stills.at(-1);
    if (last !== undefined && atMs - last.fromMs < sameMomentMs) {
      last.atMs = Math.max(last.atMs, goToMs);
      last.words += `, ${words}`;
    } else {
      stills.push({ fromMs: atMs, atMs: goToMs, words });
    }
  }
  return stills;
}
