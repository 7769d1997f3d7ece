// `npm run help`, and `npm run help bench`.
import { readCommand, runCommand } from "#shared/command.ts";
import { helpLines } from "./help.ts";

runCommand(async (argv, env) => {
  const { words } = readCommand({ usage: "npm run help [command]" }, argv, env);
  console.log(helpLines(words).join("\n"));
});
