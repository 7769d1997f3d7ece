// The first benchmark: the same short day for every chapter. `npm run bench`, or `npm run bench 03 07`.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { findChapter, listChapters } from "#shared/run/chapters.ts";
import { startChapter } from "#shared/run/start-chapter.ts";
import { resultsSchema, schemaVersion } from "#shared/results.ts";
import type { Results } from "#shared/results.ts";
import { usualWeather } from "#shared/vendor/weather.ts";
import { readCommand, runCommand, UsageError } from "#shared/workshop/words.ts";
import { benchmark } from "./benchmark.ts";
import { drawCharts } from "./charts/draw.ts";
import { makeResultsFolder } from "./folder.ts";
import type { ResultsFolder } from "./folder.ts";
import { describeMachine } from "./machine.ts";
import { rowsFor, shortDay } from "./plan.ts";
import { createProgress } from "./progress.ts";
import { reportHtml } from "./report/report.ts";
import { stepsOf } from "./steps.ts";
import { tableLines } from "./table.ts";

// It would say so in the middle of the table, and the versions are tried together.
// oxlint-disable-next-line node/no-process-env -- the SDK looks for it nowhere else
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

const usage = "npm run bench [chapters] [runs=3] [seed=1] [no-closed-loop]";
const exitCodeOfCtrlC = 130;
const mostRuns = 50;

runCommand(async (argv, env) => {
  const { words, flags } = readCommand(
    { usage, flags: { seed: "number", runs: "number", "no-closed-loop": "switch", out: "text" } },
    argv,
    env,
  );
  const { seed = 1, runs = 1 } = flags;
  if (!Number.isInteger(runs) || runs < 1 || runs > mostRuns || !Number.isInteger(seed)) {
    throw new UsageError(
      `Expected 1 to ${mostRuns} runs and a whole seed, got ${runs} and ${seed}; see \`${usage}\`.`,
    );
  }
  const rows = rowsFor(chosenChapters(words));
  const load = shortDay(runs);
  const startedAt = new Date();
  const folder = await makeResultsFolder(flags.out ?? join(import.meta.dirname, "results"), startedAt);

  const stop = new AbortController();
  const interrupt = () => stop.abort(new Error("stopped by Ctrl-C"));
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  const withClosedLoop = flags["no-closed-loop"] !== true;
  const progress = createProgress(stepsOf({ rows, load, withClosedLoop }), process.stderr);
  progress.say(
    `Measuring ${rows.length} rows; Ctrl-C stops and keeps what is finished. Logs: ${folder.shown("logs")}`,
  );

  const environment = await describeMachine();
  const { chapters, failures } = await benchmark({
    rows,
    load,
    seed,
    withClosedLoop,
    start: startChapter,
    log: folder.log,
    progress,
    signal: stop.signal,
  });
  progress.end();
  process.off("SIGINT", interrupt);
  process.off("SIGTERM", interrupt);

  if (chapters.length > 0) {
    const results = resultsSchema.parse({
      schemaVersion,
      startedAt: startedAt.toISOString(),
      finishedAt: new Date().toISOString(),
      complete: !stop.signal.aborted && failures.length === 0,
      environment,
      notes: ["embedded AWS on this machine: not AWS latencies"],
      seed,
      weather: { ...usualWeather, seed },
      load,
      overrides: Object.assign({}, ...chapters.map((chapter) => chapter.overrides)),
      trustworthy: chapters.every((chapter) => chapter.runs.every((run) => run.trustworthy)),
      chapters,
    } satisfies Results);
    await publish(results, folder);
  }
  for (const failure of failures) {
    console.error(failure);
  }
  if (stop.signal.aborted) {
    console.error(
      chapters.length > 0 ? "Stopped; what had finished is kept." : "Stopped; nothing had finished.",
    );
    process.exitCode = exitCodeOfCtrlC;
  } else if (failures.length > 0) {
    process.exitCode = 1;
  }
});

/** The chapters that are named, or all that answer over HTTP; a participant's own only if it is named. */
function chosenChapters(words: readonly string[]) {
  const pharmacy = "00";
  if (words.length === 0) {
    return listChapters().filter(({ number }) => number !== pharmacy && number !== "mine");
  }
  const named = words.map(findChapter);
  if (named.some(({ number }) => number === pharmacy)) {
    throw new UsageError(
      "Chapter 00 has no endpoint to measure; name others, such as `npm run bench 01 02`.",
    );
  }
  return named.filter(({ name }, at) => named.findIndex((other) => other.name === name) === at);
}

/** The figures first: a chart that can't be drawn must not cost them. */
async function publish(results: Results, folder: ResultsFolder): Promise<void> {
  await folder.write("results.json", `${JSON.stringify(results, null, 2)}\n`);
  const charts = drawCharts(results);
  for (const { name, png, svg } of charts) {
    await folder.write(`${name}.png`, png);
    await folder.write(`${name}.svg`, svg.light);
  }
  await folder.write("report.html", reportHtml(results, charts));
  for (const line of tableLines(results, folder.shown("report.html"))) {
    console.log(line);
  }
  const written = await readdir(folder.path);
  console.log(`        in the same folder: ${written.filter((file) => file.endsWith(".png")).join(", ")}`);
}
