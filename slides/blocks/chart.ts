import { escaped } from "#shared/html.ts";
import { partOfPicture, pictureNames, pictureOf } from "../../bench/telling/charts/pictures.ts";
import type { SlideFigures } from "../figures.ts";
import { StoryError } from "../read-story.ts";

/** A picture of the benchmark, drawn in the page. `chart two-clocks 01 02` shows only these rows. */
export function chart(name: string, rows: readonly string[], figures: SlideFigures): string {
  if (!pictureNames.some((each) => each === name)) {
    throw new StoryError(
      `Expected one of the charts ${pictureNames.join(", ")}, got \`${name}\`; rename it.`,
    );
  }
  const label = figures.of(partOfPicture(name), (view) => {
    const picture = pictureOf(view, name, rows);
    return picture && `${picture.title} ${picture.description}`;
  });
  const nothing = "This was not measured.";
  return (
    `<div class="chart"><div class="sheet"><canvas data-picture="${escaped(name)}" data-rows="${escaped(rows.join(" "))}" ` +
    `width="1600" height="900" role="img" aria-label="${escaped(label.own ?? label.reference ?? nothing)}" ` +
    `data-own="${escaped(label.own ?? nothing)}" data-reference="${escaped(label.reference ?? nothing)}"></canvas></div></div>`
  );
}
