import { execFile, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = new URL("../../../", import.meta.url);
const files = {
  begin: "shared/workshop/begin.ts",
  chapter: "shared/workshop/chapter/main.ts",
  diff: "shared/workshop/diff.ts",
  bench: "bench/main.ts",
};
export type CommandName = keyof typeof files;

/** How the workshop starts the other commands. */
export interface Commands {
  /** Gives the terminal to a command until it ends; gives its exit code. */
  show: (name: CommandName, args: readonly string[]) => Promise<number>;
  /** Runs a command to its end and gives what it printed. */
  read: (name: CommandName, args: readonly string[]) => Promise<{ code: number; lines: string[] }>;
}

// Without npm or a shell in between: they differ by system, and may keep a Ctrl-C or an argument for themselves.
const argumentsFor = (name: CommandName, args: readonly string[]) => [
  "--enable-source-maps",
  fileURLToPath(new URL("shared/run/build/start.mjs", root)),
  fileURLToPath(new URL(files[name], root)),
  ...args,
];
const exitCodeOfKill = 1;

/** The commands as processes of their own. */
export const commands: Commands = {
  show: (name, args) => {
    // Ctrl-C reaches both processes; it is meant for the one that has the terminal.
    const notOurs = () => {};
    process.on("SIGINT", notOurs);
    const child = spawn(process.execPath, argumentsFor(name, args), {
      // Its end is ours, too, though we be killed: the channel breaks.
      stdio: ["inherit", "inherit", "inherit", "ipc"],
    });
    return new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code ?? exitCodeOfKill));
    }).finally(() => process.off("SIGINT", notOurs));
  },
  read: (name, args) =>
    new Promise((resolve) => {
      execFile(process.execPath, argumentsFor(name, args), (error, stdout, stderr) => {
        const lines = `${stdout}${stderr}`.trim().split(/\r?\n/);
        resolve({ code: error === null ? 0 : exitCodeOfKill, lines });
      });
    }),
};
