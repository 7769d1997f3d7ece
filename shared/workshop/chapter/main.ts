// `npm run chapter 05` starts a whole chapter. On a terminal it shows a screen with keys, otherwise it prints what to try.
// Ctrl-C stops everything.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { exitCodeOfCtrlC, needWords, readCommand, runCommand, UsageError, wrap } from "#shared/command.ts";
import type { Command } from "#shared/command.ts";
import { usageOf } from "#shared/help/commands.ts";
import { build } from "#shared/run/build/build.ts";
import { findChapter } from "#shared/run/chapters.ts";
import type { Chapter } from "#shared/run/chapters.ts";
import { takeChapter } from "#shared/run/remote-control.ts";
import { readEndpoints } from "#shared/run/start-aws.ts";
import type { RunningChapter } from "#shared/run/running-chapter.ts";
import { startChapter } from "#shared/run/start-chapter.ts";
import { readBegun } from "../course/mine.ts";
import { serveLive } from "../live/server.ts";
import { LiveSession } from "../live/session.ts";
import { readNewWords } from "../readme.ts";
import { painter } from "../terminal/paint.ts";
import type { Paint } from "../terminal/paint.ts";
import { isTerminal } from "../terminal/screen.ts";
import { LiveScreen } from "./live-screen.ts";
import { LogBook, openLogFile } from "./log.ts";
import { onInterrupt, openToOthers, refuseIfRunning } from "./open.ts";
import { describeRequest, describeRunning } from "./texts.ts";

const wordsOfTheScreen =
  "On this screen: asks = waits for the answer; accepted = has a ticket; provisioning = somebody works on it; " +
  "in work = a message that was received, and is worked on; hidden = one that was received and failed, or whose " +
  "consumer died: SQS shows it again when its visibility timeout ends.";
const usage = usageOf("chapter");
const flagKinds = {
  port: "number",
  plain: "switch",
  stacks: "switch",
  "real-aws": "switch",
  profile: "text",
  region: "text",
  stack: "text",
} as const;
type ChapterFlags = Command<typeof flagKinds>["flags"];

// For a chapter that runs elsewhere, this process uses the SDK too.
// oxlint-disable-next-line node/no-process-env -- the SDK looks for it nowhere else
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

runCommand(async (argv, env) => {
  const { words, flags } = readCommand({ usage, flags: flagKinds }, argv, env);
  const [word] = needWords(words, ["a chapter"], usage);
  const chapter = findChapter(word);
  if (!existsSync(join(chapter.folder, "template.yaml"))) {
    // It needs no other process, so it runs here to its end.
    const { file } = await build(join(chapter.folder, "main.ts"));
    await import(pathToFileURL(file).href);
    return;
  }
  // Stacks are for reading, and a screen of 24 rows has no room for them. A dumb terminal can't move its cursor.
  const isPlain = flags.plain === true || flags.stacks === true || env["TERM"] === "dumb";
  const paint = isTerminal(process) && !isPlain ? painter(!env["NO_COLOR"]) : undefined;
  await runUntilStopped(chapter, flags, paint);
});

/** Shows a screen if there is something to paint it with, otherwise plain lines. */
async function runUntilStopped(
  chapter: Chapter,
  flags: ChapterFlags,
  paint: Paint | undefined,
): Promise<void> {
  await refuseIfRunning(chapter);
  takeChapter(chapter.number);
  const elsewhere = { trace: "customers" as const, ...(await whereElse(chapter, flags)) };
  const interrupted = onInterrupt();
  console.log(`Starting ${chapter.name} ...`);
  const log = new LogBook();
  const logFile = openLogFile(chapter.number, (sentence) => log.add("launcher", sentence));
  let isPrinted = true;
  const onLine = (name: string, line: string) => {
    logFile.write(name, line);
    log.add(name, line);
    // One line says what failed. Its stack helps only someone who changes the code, and an outage would print many.
    if (isPrinted && (flags.stacks === true || !isStackLine(line))) {
      console.log(`${name.padEnd(8)} | ${line}`);
    }
  };
  const running = await Promise.race([
    startChapter({ folder: chapter.folder, apiPort: flags.port ?? 0, onLine, ...elsewhere }),
    interrupted,
  ]);
  if (running === undefined) {
    // What has been started ends with this process.
    process.exit(exitCodeOfCtrlC);
  }
  const { screen, pageUrl, close } = await openToPeople({
    chapter,
    running,
    logFile: logFile.name,
    log,
    paint,
  });

  const ends = [running.broken, interrupted];
  let broken: string | undefined;
  try {
    if (screen === undefined) {
      console.log(`\n${describeRunning(running, chapter.number, process.platform, pageUrl).join("\n")}`);
      broken = await Promise.race(ends);
    } else {
      // From here on the processes' lines go to the log file only: on the terminal they would break the screen.
      isPrinted = false;
      broken = await Promise.race([...ends, screen.show(process)]);
    }
  } finally {
    try {
      console.log(screen?.close().join("\n") ?? "");
      console.log("Stopping ... (Ctrl-C again ends it at once)");
    } finally {
      // Leave nothing running, whatever happened to the terminal.
      await close();
      await running.stop();
      await logFile.close();
    }
  }
  console.log("Stopped; nothing is left running.");
  if (broken !== undefined) {
    throw new Error(broken);
  }
}

/** The chapter's stack on a real account if the flags ask for it, or another emulator if the SDK's variables name one. */
async function whereElse({ number, name }: Chapter, flags: ChapterFlags) {
  const { "real-aws": realAws = false, profile, region, stack = `take-a-ticket-${number}` } = flags;
  if (!realAws && profile === undefined) {
    // oxlint-disable-next-line node/no-process-env -- the SDK's variables choose another emulator
    return { endpoints: readEndpoints(process.env) };
  }
  if (!/^0[3-7]$/.test(number)) {
    throw new UsageError(
      `Expected one of the chapters 03 to 07 with \`real-aws\`, got ${name}: 08 runs there whole, see its README.`,
    );
  }
  // Loaded only now: it loads clients that nothing else here needs.
  const [{ openDeployed }, { explained }] = await Promise.all([
    import("#shared/cloud/deployed.ts"),
    import("#shared/cloud/account.ts"),
  ]);
  const deployed = await explained(() => openDeployed({ stackName: stack, realAws, profile, region }));
  return { deployed };
}

interface Shown {
  chapter: Chapter;
  running: RunningChapter;
  logFile: string;
  log: LogBook;
  paint: Paint | undefined;
}

/** What people have of a running chapter: a screen if there is something to paint it with, a page, and commands in other terminals. */
async function openToPeople({ chapter, running, logFile, log, paint }: Shown) {
  let screen: LiveScreen | undefined;
  const say = (...lines: string[]) =>
    screen === undefined ? console.log(lines.join("\n")) : screen.say(...lines);
  const keepsTickets = paint !== undefined;
  const session = await LiveSession.open({ chapter, running, logFile, keepsTickets, say });
  const { trace } = running;
  const page =
    "whyNone" in trace ? undefined : await serveLive([session], (line) => say(`From the page: ${line}`));
  const pages = {
    c: () => describeRequest(running, process.platform, page?.url),
    w: (columns: number) => describeNewWords(chapter, columns),
  };
  screen = paint && new LiveScreen({ session, log, paint, pageUrl: page?.url, pages });
  const others = await openToOthers(running, chapter.number, (command) =>
    (screen ?? session).carryOut(command),
  );
  return {
    screen,
    pageUrl: page?.url,
    close: async () => {
      session.stop();
      await page?.close();
      await others.close();
    },
  };
}

/** A participant's copy has no README, so it uses that of its chapter. */
function describeNewWords(chapter: Chapter, columns: number): string[] {
  const begun = readBegun(chapter.folder);
  const { name, folder } = begun === undefined ? chapter : findChapter(begun.chapter);
  const words = readNewWords(folder, columns);
  return [
    ...(words.length === 0 ? [`${name} has no new words.`] : [`New words in ${name}:`, "", ...words]),
    "",
    ...wrap(wordsOfTheScreen, columns).split("\n"),
  ];
}

const isStackLine = (line: string) => /^\s+at /.test(line);
