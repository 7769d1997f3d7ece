// `npm run workshop` follows along: where you are, what is open, and single keys for the other commands.
import { join } from "node:path";
import { projectFolder } from "#shared/run/chapters.ts";
import { mineFolder } from "./course/mine.ts";
import { commands } from "./follow/commands.ts";
import { describeFollow } from "./follow/draw.ts";
import { follow } from "./follow/follow.ts";
import { takeLock } from "./follow/lock.ts";
import { Session } from "./follow/session.ts";
import { painter } from "./screen/paint.ts";
import { isTerminal } from "./screen/screen.ts";
import { readCommand, runCommand, UsageError, wrap } from "#shared/command.ts";

const usage = "npm run workshop";
const exitCodeOfSignal = 143;

runCommand(async (argv, env) => {
  const { words } = readCommand({ usage }, argv, env);
  if (words.length > 0) {
    throw new UsageError(`Expected no words, got \`${words.join(" ")}\`; write \`${usage}\`.`);
  }
  const kept = join(projectFolder, ".workshop");
  if (!isTerminal(process)) {
    const session = new Session({
      mine: mineFolder,
      kept,
      onChange: () => {},
      say: (sentence) => console.error(wrap(sentence)),
    });
    session.arrive();
    console.log(describeFollow(session.state()).join("\n"));
    return;
  }
  const giveBack = takeLock(kept);
  process.on("exit", giveBack);
  for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    // By its end this process gives the terminal back, and lets another workshop open.
    process.on(signal, () => process.exit(exitCodeOfSignal));
  }
  await follow({ terminal: process, mine: mineFolder, kept, commands, paint: painter(!env["NO_COLOR"]) });
});
