import { escaped } from "#shared/html.ts";
import type { Results } from "#shared/results.ts";
import { picturesOf } from "../charts/pictures.ts";
import type { Picture } from "../charts/drawing/picture.ts";

/** The pictures that the READMEs show; what was not measured has none. */
const shownNames = ["two-clocks", "storm", "arrival-rate"] as const;
export const themes = ["light", "dark"] as const;

/** Those of them that these results have. */
export function shownPictures(results: Results): Picture[] {
  const names: readonly string[] = shownNames;
  return picturesOf(results).filter(({ name }) => names.includes(name));
}

/** A picture's file in bench/reference, for a page of this theme. */
export const pictureFile = (name: string, theme: string): string => `${name}-${theme}.svg`;

/** A picture for the project's README, light or dark as the page is; nothing if it was not measured. */
export function picture(results: Results, name: (typeof shownNames)[number]): string[] {
  const found = shownPictures(results).find((each) => each.name === name);
  if (found === undefined) {
    return [];
  }
  const alternative = escaped(`${found.title.replace(/\.$/, "")}. ${found.description}`);
  const source = (theme: string) => `bench/reference/${pictureFile(name, theme)}`;
  return [
    [
      "<picture>",
      `  <source media="(prefers-color-scheme: dark)" srcset="${source("dark")}">`,
      `  <img alt="${alternative}" src="${source("light")}" width="100%">`,
      "</picture>",
    ].join("\n"),
  ];
}
