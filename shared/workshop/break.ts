// `npm run break 05 kill worker` causes trouble in a running chapter and says what to watch.
import { needWords, readCommand, runCommand, UsageError } from "#shared/command.ts";
import { didYouMean } from "#shared/did-you-mean.ts";
import { usageOf } from "#shared/help/commands.ts";
import { findChapter, readParts } from "#shared/run/chapters.ts";
import type { Chapter } from "#shared/run/chapters.ts";
import { commandSchema, needRunning, sendCommand } from "#shared/run/remote-control.ts";
import type { ControlCommand } from "#shared/run/remote-control.ts";
import { waitForCallMs } from "./chapter/trouble.ts";

const usage = usageOf("break");
const troubles = ["kill api", "kill worker", "kill function", "outage 10", "duplicates 10"];

runCommand(async (argv, env) => {
  const { words } = readCommand({ usage }, argv, env);
  const [chapter, what, detail] = needWords(words, ["a chapter", "a trouble", "its detail"], usage);
  const command = readTrouble(what, detail);
  const running = await needRunning(findChapter(chapter));
  if (command.kind === "kill" && command.target === whoWorks(findChapter(chapter))) {
    console.log(
      `Waiting for a call at the vendor, ${waitForCallMs / 1_000} s at most: activate a device now ...`,
    );
  }
  console.log((await sendCommand(running, command)).join("\n"));
});

function whoWorks(chapter: Chapter) {
  const { hasWorker, hasFunction } = readParts(chapter);
  return hasWorker ? "worker" : hasFunction ? "function" : "api";
}

/** Throws a {@link UsageError} for an unknown trouble. */
function readTrouble(what: string, detail: string): ControlCommand {
  const byName: Record<string, unknown> = {
    kill: { kind: "kill", target: detail },
    outage: { kind: "outage", seconds: Number(detail) },
    duplicates: { kind: "duplicates", everyNth: Number(detail) },
  };
  const result = commandSchema.safeParse(Object.hasOwn(byName, what) ? byName[what] : undefined);
  if (!result.success) {
    throw new UsageError(
      `Expected one of ${troubles.map((each) => `\`${each}\``).join(", ")}, got \`${what} ${detail}\`.${didYouMean(`${what} ${detail}`, troubles)}`,
    );
  }
  return result.data;
}
