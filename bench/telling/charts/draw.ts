import type { Results } from "#shared/results.ts";
import { card } from "./card.ts";
import type { Picture } from "./picture.ts";
import { picturesOf } from "./pictures.ts";
import { renderPng, renderSvg } from "./render.ts";
import { darkTheme, lightTheme } from "./theme.ts";

/** A picture in every form in which somebody needs it. */
export interface DrawnPicture extends Pick<Picture, "name" | "title" | "description"> {
  png: Uint8Array;
  svg: { light: string; dark: string };
}

/** Draws what these results have to show. */
export function drawCharts(results: Results): DrawnPicture[] {
  return picturesOf(results).map((each) => ({
    name: each.name,
    title: each.title,
    description: each.description,
    png: renderPng(each, lightTheme),
    svg: { light: renderSvg(each, lightTheme), dark: renderSvg(each, darkTheme) },
  }));
}

/** The picture of one's own result that is made to be shared; undefined if there is nothing to compare. */
export function drawCard(results: Results): Uint8Array | undefined {
  const picture = card(results);
  return picture && renderPng(picture, lightTheme);
}
