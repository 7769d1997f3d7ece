import { readdir } from "node:fs/promises";
import { resultsJson } from "#shared/results.ts";
import type { Results } from "#shared/results.ts";
import { viewOf } from "../figures/view.ts";
import { drawCard, drawCharts } from "./charts/draw.ts";
import { replayFile, replayOf } from "./replay/kept.ts";
import { reportHtml } from "./report/report.ts";
import { tableLines } from "./table.ts";
import type { Beside } from "./table.ts";

/** Where the files go, and what the reader types to open one. */
interface Folder {
  path: string;
  write: (file: string, contents: string | Uint8Array) => Promise<void>;
  shown: (file: string) => string;
}

/**
 * Writes results, charts, replay and report, and prints the screen. The figures come first: they neither wait for the pictures nor
 * get lost if a chart can't be drawn.
 */
export async function publish(results: Results, folder: Folder, beside?: Beside): Promise<void> {
  await folder.write("results.json", resultsJson(results));
  const view = viewOf(results);
  for (const line of tableLines(view, folder.shown("report.html"), beside)) {
    console.log(line);
  }
  const charts = drawCharts(view);
  for (const { name, png, svg } of charts) {
    await folder.write(`${name}.png`, png());
    await folder.write(`${name}.svg`, svg.light);
  }
  const card = drawCard(view);
  if (card !== undefined) {
    await folder.write("card.png", card);
  }
  const replay = await replayOf(folder.path);
  if (replay !== undefined) {
    await folder.write(replayFile, replay);
  }
  await folder.write("report.html", reportHtml(view, charts, replay === undefined ? {} : { replayFile }));
  const written = await readdir(folder.path);
  console.log(
    `        in the same folder: ${written.filter((file) => file.endsWith(".png") || file === replayFile).join(", ")}`,
  );
}
