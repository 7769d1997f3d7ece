// What each chapter gains and pays. `npm run bench` is the short day, `bench:storm` the storm, `bench:full` everything.
import { join } from "node:path";
import { startChapter } from "#shared/run/start-chapter.ts";
import { resultsSchema, schemaVersion } from "#shared/results.ts";
import type { Results } from "#shared/results.ts";
import { traceFile } from "#shared/tracing/read.ts";
import { packTrace } from "#shared/tracing/text.ts";
import { usualWeather } from "#shared/vendor-simulator/weather.ts";
import { onStopSignal, runCommand } from "#shared/command.ts";
import { benchmark } from "./benchmark.ts";
import type { BenchmarkOptions } from "./benchmark.ts";
import { besideOwn } from "./telling/beside-own.ts";
import { guessSentences } from "./telling/guess.ts";
import { readBenchCommand } from "./command.ts";
import { sayHowItEnded } from "./ending.ts";
import { makeResultsFolder } from "./folder.ts";
import type { ResultsFolder } from "./folder.ts";
import { describeMachine, giveWayToSender } from "./machine.ts";
import { onAws } from "./plan/rows.ts";
import { stepsOf } from "./plan/steps.ts";
import { createProgress } from "./telling/progress.ts";
import type { AccountWish } from "./trial/on-account.ts";
import type { StartChapter } from "./trial/start.ts";
import { startSender } from "./load/sender.ts";
import { brokenPromises } from "./figures/promises.ts";
import { doubtsAbout } from "./figures/view.ts";

// The warning would appear in the middle of the table, and these versions are tested together.
// oxlint-disable-next-line node/no-process-env -- the SDK looks for it nowhere else
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

runCommand(async (argv, env) => {
  const { seed, out, typed, account, ...toMeasure } = readBenchCommand(argv, env);
  const { rows, plans } = toMeasure;
  const onAccount = account && (await connect(account));
  const start: StartChapter = (options) =>
    onAccount && options.folder.endsWith(onAws) ? onAccount.start(options) : startChapter(options);
  const startedAt = new Date();
  const folder = await makeResultsFolder(out ?? join(import.meta.dirname, "results"), startedAt);

  const stop = new AbortController();
  const interrupt = () => stop.abort(new Error("stopped by Ctrl-C"));
  const letEnd = onStopSignal(interrupt);
  // The terminal may be gone, which can show more than once. Keep the measurements all the same.
  process.on("SIGHUP", () => {});
  const progress = createProgress(stepsOf(toMeasure), process.stderr);
  progress.say(
    `Measuring ${rows.length} rows; Ctrl-C stops and keeps what is finished. Logs: ${folder.shown("logs")}`,
  );

  const describing = describeMachine();
  const sender = await startSender();
  giveWayToSender();
  const measuring = benchmark({
    ...toMeasure,
    seed,
    start,
    sender,
    ...keepingIn(folder),
    progress,
    signal: stop.signal,
  });
  // The charts' code takes a second or two to load: do that while the first chapter starts.
  const publishing = import("./telling/publish.ts");
  await Promise.allSettled([measuring]);
  await sender.stop();
  onAccount?.stop();
  const { chapters, failures } = await measuring;
  progress.end();
  letEnd();

  if (chapters.length > 0) {
    const results = resultsSchema.parse({
      schemaVersion,
      command: typed,
      startedAt: startedAt.toISOString(),
      finishedAt: new Date().toISOString(),
      complete: !stop.signal.aborted && failures.length === 0,
      environment: await describing,
      notes: ["embedded AWS on this machine: not AWS latencies", ...(onAccount ? [onAccount.note] : [])],
      seed,
      weather: { ...usualWeather, seed },
      plans,
      overrides: Object.assign({}, ...chapters.map((chapter) => chapter.overrides)),
      trustworthy: doubtsAbout(chapters).length === 0,
      chapters,
    } satisfies Results);
    const begunAs = rows.find((row) => row.begunAs !== undefined)?.begunAs;
    const { publish } = await publishing;
    const own = begunAs === undefined ? { rows: [], sentences: [] } : besideOwn(results, begunAs);
    const sentences = [...own.sentences, ...guessSentences(results, { begunAs })];
    await publish(results, folder, { ...own, sentences });
    failures.push(...brokenPromises(results));
  }
  sayHowItEnded({ failures, isStopped: stop.signal.aborted, isKept: chapters.length > 0 });
});

/** What is saved during the measurement. */
const keepingIn = ({ log, write }: ResultsFolder): Pick<BenchmarkOptions, "log" | "keepTrace"> => ({
  log,
  keepTrace: async (of, trace) => write(traceFile(of), await packTrace(trace)),
});

/** Loaded only now: most benchmarks need none of these clients. */
async function connect(account: AccountWish) {
  const [{ connectToAccount }, { explained }] = await Promise.all([
    import("./trial/on-account.ts"),
    import("#shared/cloud/account.ts"),
  ]);
  return await explained(() => connectToAccount(account));
}
