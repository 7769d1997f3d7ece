import { UsageError, wrap } from "#shared/command.ts";
import { didYouMean } from "#shared/did-you-mean.ts";
import { commandGroups, commands, usageOf } from "./commands.ts";
import type { CommandHelp } from "./commands.ts";

const columns = 80;
const nameColumns = 20;

/** What `npm run help` prints: all commands in a line or two each, or the words of the named one. Throws {@link UsageError}. */
export function helpLines(words: readonly string[]): string[] {
  const [name, ...more] = words;
  if (name === undefined) {
    return allCommands();
  }
  const known = name.replace(/^npm run /, "");
  const command = commands.find((each) => each.name === known);
  if (command === undefined || more.length > 0) {
    throw new UsageError(
      `Expected one command, got \`${words.join(" ")}\`; \`npm run help\` lists all.${nearest(words.join(" "))}`,
    );
  }
  return oneCommand(command);
}

function allCommands(): string[] {
  const groups = commandGroups.flatMap(({ wish, commands: ofGroup }) => [
    "",
    `To ${wish}:`,
    ...ofGroup.flatMap(({ name, does }) => row(name, does)),
  ]);
  return [
    "Each is `npm run NAME`, and takes words without dashes:",
    "`npm run help bench` shows them.",
    ...groups,
  ];
}

function oneCommand(command: CommandHelp): string[] {
  const { does, words = [], examples = [] } = command;
  const width = Math.max(...[...words, ...examples].map(({ word }) => word.length), nameColumns - 4) + 2;
  const rows = (title: string, of: readonly { word: string; does: string }[]) =>
    of.length === 0 ? [] : ["", title, ...of.flatMap((each) => row(each.word, each.does, width))];
  return [
    ...wrap(usageOf(command.name), columns).split("\n"),
    "",
    `${capitalized(does)}.`,
    ...rows("Words:", words),
    ...rows("For example:", examples),
  ];
}

/** A name with its description beside it, in as many lines as it takes. */
function row(name: string, does: string, width = nameColumns): string[] {
  const [first = "", ...rest] = wrap(does, columns - width - 2).split("\n");
  return [`  ${name.padEnd(width)}${first}`, ...rest.map((line) => `  ${" ".repeat(width)}${line}`)];
}

/** Also finds `bench:storm` for `storm`. */
function nearest(got: string): string {
  const inside = commands.filter(({ name }) => name.split(":").includes(got)).map(({ name }) => name);
  return (
    didYouMean(
      got,
      commands.map(({ name }) => name),
    ) || (inside.length === 0 ? "" : ` Did you mean \`${inside.join("` or `")}\`?`)
  );
}

const capitalized = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
