import type { EventEmitter } from "node:events";
import { didYouMean } from "./did-you-mean.ts";

/** The command line is wrong, or the command can't run at present. The message is one sentence for the user. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A flag's value: none, a number of zero or more, or any text. */
export type FlagKind = "switch" | "number" | "text";

interface CommandShape<Flags extends Record<string, FlagKind>> {
  /** The command as the user types it, such as "npm run chapter 05". */
  usage: string;
  /** Names without dashes: `{ short: "switch", rate: "number" }`. */
  flags?: Flags;
}

type FlagValue<Kind extends FlagKind> = Kind extends "switch"
  ? true
  : Kind extends "number"
    ? number
    : string;

export interface Command<Flags extends Record<string, FlagKind>> {
  words: string[];
  flags: { [Name in keyof Flags]?: FlagValue<Flags[Name]> };
}

/**
 * Reads plain words and flags. A flag may be written `--rate 50`, `--rate=50`, or plainly `rate=50` (a switch: `short`), since npm
 * and PowerShell swallow what begins with dashes. Throws {@link UsageError}.
 */
export function readCommand<const Flags extends Record<string, FlagKind> = Record<never, FlagKind>>(
  shape: CommandShape<Flags>,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Command<Flags> {
  const kinds: Record<string, FlagKind> = shape.flags ?? {};
  refuseSwallowedFlags(shape.usage, kinds, env);

  const words: string[] = [];
  const flags: Record<string, string | number | true> = {};
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? "";
    const { dashes, name, value } = takeApart(word);
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined || !(dashes || kind === "switch" || value !== undefined)) {
      if (dashes) {
        throw new UsageError(
          `Expected ${known(kinds)}, got \`${word}\`; write \`${shape.usage}\`.${didYouMean(name, Object.keys(kinds))}`,
        );
      }
      refuseMistyped(word, { name, value }, kinds);
      words.push(word);
      continue;
    }
    if (kind === "switch" || value !== undefined) {
      flags[name] = readValue(name, kind, value);
    } else {
      at += 1;
      flags[name] = readValue(name, kind, argv[at]);
    }
  }
  return { words, flags: flags as Command<Flags>["flags"] };
}

/** Checks that there are exactly the words that a command needs, each described as in "a chapter". Throws {@link UsageError}. */
export function needWords<const Names extends readonly string[]>(
  words: readonly string[],
  names: Names,
  usage: string,
): { [Index in keyof Names]: string } {
  if (words.length !== names.length) {
    const got = words.length === 0 ? "nothing" : `\`${words.join(" ")}\``;
    const expected = names.length === 0 ? "no words" : names.join(", ");
    throw new UsageError(`Expected ${expected}, got ${got}; write \`${usage}\`.`);
  }
  return words as unknown as { [Index in keyof Names]: string };
}

/**
 * Runs a command to its end. Prints an error as its message, without a stack, and exits with 1 (2 for a {@link UsageError}).
 * Ctrl-C is left to the command.
 */
export function runCommand(
  main: (argv: string[], env: Readonly<Record<string, string | undefined>>) => Promise<void>,
): void {
  endWithReader();
  endWithStarter();
  endWithNpm();
  const begin = async () => {
    // The command is at the top of its file, and must not start before the declarations below it.
    await Promise.resolve();
    // oxlint-disable-next-line node/no-process-env -- the only entry of all commands, which get both as arguments
    await main(process.argv.slice(2), process.env);
  };
  const complain = (error: unknown) => {
    console.error(wrap(shown(sentenceOf(error))));
    process.exitCode = error instanceof UsageError ? 2 : 1;
  };
  // Node ends in silence, and as if all were well, when nothing is left that could settle what a command waits for.
  const stuck = () => complain(new Error(endedTooSoon));
  process.once("beforeExit", stuck);
  void begin()
    .catch(complain)
    .finally(() => process.off("beforeExit", stuck));
}

const endedTooSoon =
  "Expected this command to come to its end, but what it waits for can't come any more: a process that it had started is gone. " +
  "What it has printed is not the whole; start it again.";

const whatToDo: Readonly<Record<string, string>> = {
  EACCES: "make it writable for you, or run this elsewhere",
  EPERM: "make it writable for you, or run this elsewhere",
  EROFS: "its disk is for reading only; run this elsewhere",
  ENOSPC: "free some space there",
};

/** The sentence about an error. The system's message names a call of Node's, but the user needs to know what to do. */
function sentenceOf(error: unknown): string {
  const { code = "", path } = error as NodeJS.ErrnoException;
  const advice = whatToDo[code];
  if (error instanceof Error && advice !== undefined && path !== undefined) {
    return `Expected to read or write ${path}, got ${code}; ${advice}.`;
  }
  // Several errors in one have no message: an empty line would tell nothing.
  const messages = error instanceof AggregateError ? error.errors.map(sentenceOf) : [];
  const message = error instanceof Error ? error.message : String(error);
  return (
    message || messages.join("; ") || (error instanceof Error ? error.name : "Expected a reason, got none")
  );
}

// It may contain the user's or a process's text, which must not control the terminal.
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const controls = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;
const shown = (text: string) => text.replaceAll(controls, "?");

/** Calls `stop` each time a command has to end: by Ctrl-C, by `kill`, or because its terminal is gone. Returns a function that ends that. */
export function onStopSignal(stop: () => void): () => void {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const onSignal = () => {
    isAsked = true;
    stop();
  };
  signals.forEach((signal) => process.on(signal, onSignal));
  return () => signals.forEach((signal) => process.off(signal, onSignal));
}

let isAsked = false;

/** What a shell shows for a command that Ctrl-C ended. */
export const exitCodeOfCtrlC = 130;
const exitCodeWithoutReader = 141;

/**
 * The reader may leave, as `head` does, or the terminal may be closed. Then a command ends as if its terminal were gone. A command
 * with nothing to stop ends at once, with the exit code of a broken pipe.
 */
function endWithReader(): void {
  let isGone = false;
  const leave = ({ code }: NodeJS.ErrnoException) => {
    if (isGone || (code !== "EPIPE" && code !== "EIO")) {
      return;
    }
    isGone = true;
    askToEnd();
  };
  process.stdout.on("error", leave);
  process.stderr.on("error", leave);
}

/**
 * A command that another one started over a channel, as the workshop does, ends with it: a killed parent can't stop its child.
 * Does nothing without a channel.
 */
function endWithStarter(): void {
  // A channel that someone listens to has another purpose: a test's worker, for example, must not end here.
  if (process.send === undefined || process.listenerCount("message") > 0) {
    return;
  }
  process.on("disconnect", askToEnd);
  process.channel?.unref();
  // It may have ended while this command was loaded.
  if (!process.connected) {
    askToEnd();
  }
}

/** The same for a command that npm started: see end-with-npm.mjs, which start.mjs runs. */
function endWithNpm(): void {
  const ears: EventEmitter = process;
  ears.once("starter gone", () => {
    // A signal to all of them ends npm first. Most commands end at once if they are asked again.
    if (!isAsked) {
      askToEnd();
    }
  });
}

function askToEnd(): void {
  if (!process.emit("SIGHUP", "SIGHUP")) {
    process.exit(exitCodeWithoutReader);
  }
}

/** Breaks a sentence into lines of at most 80 columns, but never inside a command that you may want to copy. */
export function wrap(text: string, columns = 80): string {
  return text
    .split("\n")
    .map((line) => {
      const lines = [""];
      for (const word of line.match(/[^\s`]*`[^`]*`\S*|\S+/g) ?? []) {
        const longer = `${lines.at(-1)} ${word}`.trimStart();
        lines.splice(-1, 1, ...(longer.length <= columns ? [longer] : [lines.at(-1) ?? "", word]));
      }
      return lines.join("\n");
    })
    .join("\n");
}

/** Otherwise a mistyped flag would be read as something else, such as a chapter. */
function refuseMistyped(
  word: string,
  { name, value }: { name: string; value: string | undefined },
  kinds: Record<string, FlagKind>,
): void {
  const alike = Object.keys(kinds).filter((each) => (kinds[each] === "switch") === (value === undefined));
  const meant = name.length < 3 ? "" : didYouMean(name, alike);
  if (meant !== "") {
    throw new UsageError(`Expected a word that this command knows, got \`${word}\`.${meant}`);
  }
}

function takeApart(word: string): { dashes: boolean; name: string; value: string | undefined } {
  const [, dashes, name, value] = /^(--)?([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  return { dashes: dashes !== undefined || /^-\D/.test(word), name: name ?? "", value };
}

function readValue(name: string, kind: FlagKind, value: string | undefined): string | number | true {
  if (kind === "switch") {
    if (value !== undefined && value !== "true") {
      throw new UsageError(`Expected \`--${name}\` alone, got the value ${value}; leave the value out.`);
    }
    return true;
  }
  const missing = value === undefined || value === "" || value.startsWith("--");
  if (missing || (kind === "number" && !/^\d+(\.\d+)?$/.test(value))) {
    const wanted = kind === "number" ? "a number, such as 10," : "a value";
    throw new UsageError(
      `Expected ${wanted} after \`--${name}\`, got ${missing ? "none" : value}; write \`${plain(name, kind)}\`.`,
    );
  }
  return kind === "number" ? Number(value) : value;
}

/** npm takes `npm run bench --short` as its own setting, and the command would run without it. */
function refuseSwallowedFlags(
  usage: string,
  kinds: Record<string, FlagKind>,
  env: Readonly<Record<string, string | undefined>>,
): void {
  for (const [name, kind] of Object.entries(kinds)) {
    const swallowed = env[`npm_config_${name.replaceAll("-", "_")}`];
    // npm sets an empty string for what is turned off, and "false" for one of its own switches.
    if (swallowed !== undefined && swallowed !== "" && swallowed !== "false") {
      const command = usage.split(" ").slice(0, 3).join(" ");
      throw new UsageError(
        `npm kept \`--${name}\` for itself; write it without dashes: \`${command} ... ${plain(name, kind)}\`.`,
      );
    }
  }
}

function known(kinds: Record<string, FlagKind>): string {
  const names = Object.keys(kinds).map((name) => `--${name}`);
  return names.length === 0 ? "no flags" : `one of ${names.join(", ")}`;
}

function plain(name: string, kind: FlagKind): string {
  return kind === "switch" ? name : `${name}=${kind === "number" ? "10" : "..."}`;
}
