// `npm run help`, and `npm run help bench`.
import { readCommand, runCommand } from "#shared/command.ts";
import { usageOf } from "./commands.ts";
import { helpLines } from "./help.ts";

runCommand(async (argv, env) => {
  const { words } = readCommand({ usage: usageOf("help") }, argv, env);
  console.log(helpLines(words).join("\n"));
});
