// `npm run live 06 07` starts one or two chapters and serves a page that shows what happens in them. Ctrl-C stops everything.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { exitCodeOfCtrlC, readCommand, runCommand, UsageError } from "#shared/command.ts";
import { findChapter } from "#shared/run/chapters.ts";
import { usageOf } from "#shared/help/commands.ts";
import { takeChapter } from "#shared/run/remote-control.ts";
import { onInterrupt, refuseIfRunning } from "../chapter/open.ts";
import { openLive } from "./open.ts";
import { serveLive } from "./server.ts";

const usage = usageOf("live");
const mostChapters = 2;

runCommand(async (argv, env) => {
  const { words, flags } = readCommand({ usage, flags: { port: "number" } }, argv, env);
  const chapters = words.map((word) => findChapter(word));
  if (chapters.length === 0 || chapters.length > mostChapters || new Set(words).size < words.length) {
    const got = words.length === 0 ? "nothing" : `\`${words.join(" ")}\``;
    throw new UsageError(`Expected one chapter, or two different ones, got ${got}; write \`${usage}\`.`);
  }
  for (const chapter of chapters) {
    if (!existsSync(join(chapter.folder, "template.yaml"))) {
      throw new UsageError(
        `${chapter.name} runs in the terminal alone; write \`npm run chapter ${chapter.number}\`.`,
      );
    }
    await refuseIfRunning(chapter);
    takeChapter(chapter.number);
  }
  const interrupted = onInterrupt();
  const say = (line: string) => console.log(line);
  say(`Starting ${chapters.map(({ name }) => name).join(" and ")} ...`);
  const opened = await Promise.race([
    Promise.all(chapters.map((chapter) => openLive(chapter, say))),
    interrupted,
  ]);
  if (opened === undefined) {
    // What was started already ends with this process.
    process.exit(exitCodeOfCtrlC);
  }
  const sessions = opened.map(({ session }) => session);
  let broken: string | undefined;
  let page: Awaited<ReturnType<typeof serveLive>> | undefined;
  try {
    page = await serveLive(sessions, say, flags.port);
    await page.prepare();
    say(`\nOpen ${page.url}\n`);
    for (const { chapter, running } of sessions) {
      say(
        `  ${chapter.number} is at ${running.apiUrl}; \`npm run break ${chapter.number} ...\` shows on the page, too`,
      );
    }
    say("\nCtrl-C stops it.\n");
    broken = await Promise.race([interrupted, ...sessions.map(({ running }) => running.broken)]);
  } finally {
    say("Stopping ... (Ctrl-C again ends it at once)");
    await page?.close();
    await Promise.all(opened.map(({ close }) => close()));
  }
  say("Stopped; nothing is left running.");
  if (broken !== undefined) {
    throw new Error(broken);
  }
});
