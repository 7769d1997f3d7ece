// `npm run chapter 05` starts a chapter whole and says what to try; Ctrl-C stops all of it.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { findChapter } from "#shared/run/chapters.ts";
import type { Chapter } from "#shared/run/chapters.ts";
import { startControlServer } from "#shared/run/control-server.ts";
import { findRunning, removeRunningFile, writeRunningFile } from "#shared/run/running-file.ts";
import { startChapter } from "#shared/run/start-chapter.ts";
import { describeRunning } from "./chapter-text.ts";
import { createTroublemaker } from "./trouble.ts";
import { needWords, readCommand, runCommand, UsageError } from "./words.ts";

const usage = "npm run chapter 05 [port=3000] [stacks]";
// npm passes on a Ctrl-C that the terminal has already sent to us: the second within this time is the same one.
const sameKeyMs = 500;
const exitCodeOfInterrupt = 130;

runCommand(async (argv, env) => {
  const { words, flags } = readCommand({ usage, flags: { port: "number", stacks: "switch" } }, argv, env);
  const [word] = needWords(words, ["a chapter"], usage);
  const chapter = findChapter(word);
  if (existsSync(join(chapter.folder, "template.yaml"))) {
    await runUntilStopped(chapter, flags);
  } else {
    // Nothing to start beside it: it runs here, to its end.
    await import(pathToFileURL(join(chapter.folder, "main.ts")).href);
  }
});

async function runUntilStopped(chapter: Chapter, flags: { port?: number; stacks?: true }): Promise<void> {
  const other = await findRunning(chapter.number);
  if (other !== undefined) {
    throw new UsageError(
      `Chapter ${chapter.number} runs already at ${other.apiUrl} (process ${other.launcherPid}); stop that one with Ctrl-C.`,
    );
  }
  const interrupted = onInterrupt();
  console.log(`Starting ${chapter.name} ...`);
  // What failed is told in one line; where in the code is of use to who changes it, and would fill the screen in an outage.
  const onLine = (name: string, line: string) =>
    (flags.stacks === true || !isStackLine(line)) && console.log(`${name.padEnd(8)} | ${line}`);
  const running = await Promise.race([
    startChapter({ folder: chapter.folder, apiPort: flags.port ?? 0, onLine }),
    interrupted,
  ]);
  if (running === undefined) {
    // What has been started already ends with this process.
    process.exit(exitCodeOfInterrupt);
  }
  const control = await startControlServer(createTroublemaker(running, chapter.number));
  process.on("exit", () => removeRunningFile(chapter.number));
  const { apiUrl, vendorUrl, inspectUrl, outputs, environment } = running;
  writeRunningFile(chapter.number, {
    chapter: chapter.name,
    launcherPid: process.pid,
    controlUrl: control.url,
    token: control.token,
    apiUrl,
    vendorUrl,
    inspectUrl,
    outputs,
    environment,
  });
  console.log(`\n${describeRunning(running, chapter.number, process.platform).join("\n")}`);

  const broken = await Promise.race([running.broken, interrupted]);
  console.log("\nStopping ... (Ctrl-C again ends it at once)");
  await control.close();
  await running.stop();
  console.log("Stopped; nothing is left running.");
  if (broken !== undefined) {
    throw new Error(broken);
  }
}

/** The first signal resolves; one more ends this process, and with it all others. */
function onInterrupt(): Promise<undefined> {
  return new Promise((resolve) => {
    let firstAtMs: number | undefined;
    const interrupt = () => {
      firstAtMs ??= performance.now();
      resolve(undefined);
      if (performance.now() - firstAtMs > sameKeyMs) {
        process.exit(exitCodeOfInterrupt);
      }
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, interrupt);
    }
  });
}

const isStackLine = (line: string) => /^\s+at /.test(line);
