import { distance } from "fastest-levenshtein";
import { UsageError, wrap } from "#shared/command.ts";
import { commandGroups, commands, usageOf } from "./commands.ts";
import type { CommandHelp } from "./commands.ts";

const columns = 80;
const nameColumns = 20;

/** What `npm run help` shows: without a word every command in one line or two, with one its words. Throws {@link UsageError}. */
export function helpLines(words: readonly string[]): string[] {
  const [name, ...more] = words;
  if (name === undefined) {
    return allCommands();
  }
  const known = name.replace(/^npm run /, "");
  const command = commands.find((each) => each.name === known);
  if (command === undefined || more.length > 0) {
    throw new UsageError(
      `Expected one command, got \`${words.join(" ")}\`; ${nearest(words.join(" "))}\`npm run help\` lists all.`,
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
    ...wrap(usageOf(command), columns).split("\n"),
    "",
    `${capitalized(does)}.`,
    ...rows("Words:", words),
    ...rows("For example:", examples),
  ];
}

/** A name, and what it does beside it, in as many lines as it takes. */
function row(name: string, does: string, width = nameColumns): string[] {
  const [first = "", ...rest] = wrap(does, columns - width - 2).split("\n");
  return [`  ${name.padEnd(width)}${first}`, ...rest.map((line) => `  ${" ".repeat(width)}${line}`)];
}

const mostTypos = 3;

/** "did you mean `bench`? ", or nothing if no name is near. */
function nearest(got: string): string {
  const near = commands
    .map(({ name }) => ({ name, typos: distance(got, name) }))
    .filter(
      ({ name, typos }) => typos <= Math.min(mostTypos, name.length / 2) || name.split(":").includes(got),
    )
    .toSorted((one, other) => one.typos - other.typos)
    .slice(0, 2)
    .map(({ name }) => `\`npm run ${name}\``);
  return near.length === 0 ? "" : `did you mean ${near.join(" or ")}? `;
}

const capitalized = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
