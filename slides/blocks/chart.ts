import { escaped } from "#shared/html.ts";
import { keptHours } from "../../bench/figures/kept-results.ts";
import { hoursPictureName, pastThisLaptop } from "../../bench/telling/charts/past-this-laptop.ts";
import { partOfPicture, pictureNames, pictureOf } from "../../bench/telling/charts/pictures.ts";
import type { Picture } from "../../bench/telling/charts/drawing/picture.ts";
import type { BothTexts, SlideFigures } from "../figures.ts";
import { StoryError } from "../read-story.ts";

/** A picture of the benchmark, drawn in the page. `chart two-clocks 01 02` shows only these rows. */
export function chart(name: string, rows: readonly string[], figures: SlideFigures): string {
  if (name === hoursPictureName) {
    return simulatedChart();
  }
  if (!pictureNames.some((each) => each === name)) {
    throw new StoryError(
      `Expected one of the charts ${pictureNames.join(", ")}, ${hoursPictureName}, got \`${name}\`; rename it.`,
    );
  }
  const label = figures.of(partOfPicture(name), (view) => {
    const picture = pictureOf(view, name, rows);
    return picture && inWords(picture);
  });
  return canvas(name, rows, label);
}

/** What no one measured has no figures of one's own. Throws {@link StoryError} if it was not simulated, either. */
function simulatedChart(): string {
  const kept = keptHours();
  if (kept === undefined) {
    throw new StoryError(
      "Expected bench/reference/grow/hours.json, found none; type `npm run grow reference`.",
    );
  }
  const words = inWords(pastThisLaptop(kept));
  return canvas(hoursPictureName, [], { own: words, reference: words });
}

const inWords = ({ title, description }: Picture) => `${title} ${description}`;

function canvas(name: string, rows: readonly string[], { own, reference }: BothTexts): string {
  const nothing = "This was not measured.";
  return (
    `<div class="chart"><div class="sheet"><canvas data-picture="${escaped(name)}" data-rows="${escaped(rows.join(" "))}" ` +
    `width="1600" height="900" role="img" aria-label="${escaped(own ?? reference ?? nothing)}" ` +
    `data-own="${escaped(own ?? nothing)}" data-reference="${escaped(reference ?? nothing)}"></canvas></div></div>`
  );
}
