import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { darkTheme, lightTheme } from "#shared/picture/theme.ts";
import { hoursFile, hoursFolder } from "../figures/kept-results.ts";
import type { SimulatedHour, SimulatedHours } from "../figures/simulated-hours.ts";
import { renderSvg } from "../telling/charts/draw.ts";
import { pastThisLaptop } from "../telling/charts/past-this-laptop.ts";
import type { Outcome } from "./scenarios.ts";
import { screenOf } from "./table.ts";

// What a customer would still call immediate.
const withinSeconds = 2;

/** What the texts and the deck show of these outcomes. */
export function hoursOf(outcomes: readonly Outcome[]): SimulatedHours {
  return { screen: screenOf(outcomes), withinSeconds, hours: outcomes.map(hourOf) };
}

function hourOf({ perSecond, variant, growth, grown }: Outcome): SimulatedHour {
  const came = perSecond * growth.seconds;
  const { works, done, sent } = grown;
  const inTime = works.within(withinSeconds * 1_000);
  const rounded = (count: number) => Math.round((1e4 * count) / came) / 1e4;
  return {
    perSecond,
    variant,
    works: rounded(inTime),
    worksLater: rounded(done - inTime),
    never: rounded(sent - done),
    turnedAway: rounded(came - sent),
  };
}

/** Writes them, with the picture, to bench/reference/grow. */
export function keepHours(outcomes: readonly Outcome[]): void {
  const kept = hoursOf(outcomes);
  mkdirSync(hoursFolder(), { recursive: true });
  writeFileSync(join(hoursFolder(), hoursFile), `${JSON.stringify(kept, null, 2)}\n`);
  const picture = pastThisLaptop(kept);
  for (const [name, theme] of Object.entries({ light: lightTheme, dark: darkTheme })) {
    writeFileSync(join(hoursFolder(), `${picture.name}-${name}.svg`), renderSvg(picture, theme));
  }
}
