// `npm run chapter 05` starts a chapter whole. On a terminal it is a screen with keys, else it says what to try; Ctrl-C
// stops all of it.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { findChapter } from "#shared/run/chapters.ts";
import type { Chapter } from "#shared/run/chapters.ts";
import { startControlServer } from "#shared/run/remote-control.ts";
import { readEndpoints } from "#shared/run/start-aws.ts";
import { findRunning, removeRunningFile, writeRunningFile } from "#shared/run/remote-control.ts";
import { startChapter } from "#shared/run/start-chapter.ts";
import { describeRequest, describeRunning } from "./chapter-text.ts";
import { readBegun } from "./course/mine.ts";
import { createLive } from "./live/live.ts";
import { LogBook } from "./live/log-book.ts";
import { openLogFile } from "./live/log-file.ts";
import { readNewWords } from "./live/new-words.ts";
import { painter } from "./screen/paint.ts";
import type { Paint } from "./screen/paint.ts";
import { isTerminal } from "./screen/screen.ts";
import { openStack } from "./open-stack.ts";
import { createTroublemaker } from "./trouble.ts";
import { needWords, readCommand, runCommand, UsageError } from "#shared/command.ts";

const usage = "npm run chapter 05 [port=3000] [plain] [stacks] [real-aws] [profile=NAME] [stack=NAME]";
// npm passes on a Ctrl-C that the terminal has already sent to us: the second within this time is the same one.
const sameKeyMs = 500;
const exitCodeOfInterrupt = 130;

// Only a chapter that runs elsewhere has the SDK in this process, too.
// oxlint-disable-next-line node/no-process-env -- the SDK looks for it nowhere else
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

runCommand(async (argv, env) => {
  const { words, flags } = readCommand(
    {
      usage,
      flags: {
        port: "number",
        plain: "switch",
        stacks: "switch",
        "real-aws": "switch",
        profile: "text",
        region: "text",
        stack: "text",
      },
    },
    argv,
    env,
  );
  const [word] = needWords(words, ["a chapter"], usage);
  const chapter = findChapter(word);
  if (existsSync(join(chapter.folder, "template.yaml"))) {
    // Stacks are for reading, which a screen of 24 rows is not. A dumb terminal can't move its cursor.
    const isPlain = flags.plain === true || flags.stacks === true || env["TERM"] === "dumb";
    const isScreen = isTerminal(process) && !isPlain;
    await runUntilStopped(chapter, flags, isScreen ? painter(!env["NO_COLOR"]) : undefined);
  } else {
    // Nothing to start beside it: it runs here, to its end.
    await import(pathToFileURL(join(chapter.folder, "main.ts")).href);
  }
});

/** On a screen if there is something to paint it with, else in plain lines. */
async function runUntilStopped(
  chapter: Chapter,
  flags: {
    port?: number;
    stacks?: true;
    "real-aws"?: true;
    profile?: string;
    region?: string;
    stack?: string;
  },
  paint: Paint | undefined,
): Promise<void> {
  const other = await findRunning(chapter.number);
  if (other !== undefined) {
    throw new UsageError(
      `Chapter ${chapter.number} runs already at ${other.apiUrl} (process ${other.launcherPid}); stop that one with Ctrl-C.`,
    );
  }
  const { "real-aws": realAws = false, profile, region, stack } = flags;
  const elsewhere =
    realAws || profile !== undefined
      ? { deployed: await openStack(chapter, { realAws, profile, region, stack }) }
      : // oxlint-disable-next-line node/no-process-env -- the SDK's own variables choose another emulator
        { endpoints: readEndpoints(process.env) };
  const interrupted = onInterrupt();
  console.log(`Starting ${chapter.name} ...`);
  const log = new LogBook();
  const logFile = openLogFile(chapter.number, (sentence) => log.add("launcher", sentence));
  let isPlain = true;
  // What failed is told in one line; where in the code is of use to who changes it, and would fill the screen in an outage.
  const onLine = (name: string, line: string) => {
    logFile.write(name, line);
    log.add(name, line);
    if (isPlain && (flags.stacks === true || !isStackLine(line))) {
      console.log(`${name.padEnd(8)} | ${line}`);
    }
  };
  const running = await Promise.race([
    startChapter({ folder: chapter.folder, apiPort: flags.port ?? 0, onLine, ...elsewhere }),
    interrupted,
  ]);
  if (running === undefined) {
    // What has been started already ends with this process.
    process.exit(exitCodeOfInterrupt);
  }
  const makeTrouble = createTroublemaker(running, chapter.number);
  const live =
    paint &&
    createLive({
      running,
      number: chapter.number,
      logFile: logFile.name,
      log,
      paint,
      makeTrouble,
      pages: {
        c: () => describeRequest(running, process.platform),
        w: (columns) => describeNewWords(chapter, columns),
      },
    });
  const control = await startControlServer(live?.carryOut ?? makeTrouble);
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

  const ends = [running.broken, interrupted];
  let broken: string | undefined;
  if (live === undefined) {
    console.log(`\n${describeRunning(running, chapter.number, process.platform).join("\n")}`);
    broken = await Promise.race(ends);
  } else {
    // From here on the log file has it all: no line of a process may come between the screen's own, or its last state.
    isPlain = false;
    try {
      broken = await Promise.race([...ends, live.show(process)]);
    } finally {
      console.log(live.close().join("\n"));
    }
  }
  console.log("\nStopping ... (Ctrl-C again ends it at once)");
  await control.close();
  await running.stop();
  await logFile.close();
  console.log("Stopped; nothing is left running.");
  if (broken !== undefined) {
    throw new Error(broken);
  }
}

/** A participant's own copy has no README: the words are those of the chapter that it was begun as. */
function describeNewWords(chapter: Chapter, columns: number): string[] {
  const begun = readBegun(chapter.folder);
  const { name, folder } = begun === undefined ? chapter : findChapter(begun.chapter);
  const words = readNewWords(folder, columns);
  return words.length === 0 ? [`${name} has no new words.`] : [`New words in ${name}:`, "", ...words];
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
