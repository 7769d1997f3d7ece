// `npm run workshop` follows a participant: where you are, what is open, and single keys for the other commands.
import { join } from "node:path";
import { needWords, readCommand, runCommand, wrap } from "#shared/command.ts";
import { usageOf } from "#shared/help/commands.ts";
import { projectFolder } from "#shared/run/chapters.ts";
import { takeLock } from "#shared/run/lock.ts";
import { mineFolder } from "../course/mine.ts";
import { painter } from "../terminal/paint.ts";
import { isTerminal } from "../terminal/screen.ts";
import { commands } from "./commands.ts";
import { describeFollow } from "./draw.ts";
import { FollowScreen } from "./follow-screen.ts";
import { Session } from "./session.ts";

const usage = usageOf("workshop");
const exitCodeOfSignal = 143;

runCommand(async (argv, env) => {
  const { words } = readCommand({ usage }, argv, env);
  needWords(words, [], usage);
  const folders = { mine: mineFolder, kept: join(projectFolder, ".workshop") };
  if (!isTerminal(process)) {
    const session = new Session({
      ...folders,
      onChange: () => {},
      say: (sentence) => console.error(wrap(sentence)),
    });
    session.arrive();
    console.log(describeFollow(session.state()).join("\n"));
    return;
  }
  const giveBack = takeLock(
    join(folders.kept, "workshop.json"),
    (where) =>
      `The workshop is open already in another terminal${where}; go on there, or press q there and try again.`,
  );
  process.on("exit", giveBack);
  for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    // On exit this process restores the terminal, and lets another workshop open.
    process.on(signal, () => process.exit(exitCodeOfSignal));
  }
  await new FollowScreen({
    terminal: process,
    ...folders,
    commands,
    paint: painter(!env["NO_COLOR"]),
  }).show();
});
