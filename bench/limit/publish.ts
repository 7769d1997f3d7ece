import type { Limit } from "#shared/limit.ts";
import { resultsJson, resultsSchema, schemaVersion } from "#shared/results.ts";
import type { Results } from "#shared/results.ts";
import { usualWeather } from "#shared/vendor-simulator/weather.ts";
import type { ResultsFolder } from "../folder.ts";
import { viewOf } from "../figures/view.ts";
import { drawCharts } from "../telling/charts/draw.ts";
import { reportHtml } from "../telling/report/report.ts";
import { limitLines } from "./screen.ts";
import type { LimitWish } from "./wish.ts";

// Not `results.json`, so that a search doesn't look like the newest benchmark.
const fileName = "limit.json";

interface Searched extends Pick<Results, "complete" | "environment"> {
  wish: LimitWish;
  limits: Limit[];
  startedAt: Date;
}

/** Writes results, picture and report, and prints the screen. The figures come first. */
export async function publishLimits(searched: Searched, folder: ResultsFolder): Promise<void> {
  const results = resultsOf(searched);
  await folder.write(fileName, resultsJson(results));
  const view = viewOf(results);
  const onThisMachine = searched.wish.url === undefined;
  limitLines(view.limits, { onThisMachine }).forEach((line) => console.log(line));
  const charts = drawCharts(view);
  for (const { name, png, svg } of charts) {
    await folder.write(`${name}.png`, png());
    await folder.write(`${name}-light.svg`, svg.light);
    await folder.write(`${name}-dark.svg`, svg.dark);
  }
  await folder.write("report.html", reportHtml(view, charts));
  console.log(`\nThe report: ${folder.shown("report.html")}\nIn the same folder: ${fileName}, limits.png`);
}

function resultsOf({ wish, limits, startedAt, complete, environment }: Searched): Results {
  const { typed, seed, url } = wish;
  return resultsSchema.parse({
    schemaVersion,
    command: typed,
    startedAt: startedAt.toISOString(),
    finishedAt: new Date().toISOString(),
    complete,
    environment,
    notes: [
      url === undefined
        ? "embedded AWS on this machine: not AWS latencies"
        : "customers from this machine; what answers them may be anywhere",
    ],
    seed,
    weather: { ...usualWeather, seed },
    plans: {},
    overrides: {},
    trustworthy: true,
    chapters: [],
    limits,
  } satisfies Results);
}
