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
  /** Gives the terminal to a command until it ends. Resolves with its exit code. */
  show: (name: CommandName, args: readonly string[]) => Promise<number>;
  /** Runs a command to its end. Resolves with its output. */
  read: (name: CommandName, args: readonly string[]) => Promise<{ code: number; lines: string[] }>;
}

// Without npm or a shell in between: they differ between systems, and may swallow a Ctrl-C or an argument.
const argumentsFor = (name: CommandName, args: readonly string[]) => [
  "--enable-source-maps",
  fileURLToPath(new URL("shared/run/build/start.mjs", root)),
  fileURLToPath(new URL(files[name], root)),
  ...args,
];
const exitCodeOfKill = 1;

/** Runs the commands in their own processes. */
export const commands: Commands = {
  show: (name, args) => {
    // Ctrl-C reaches both processes, but is meant for the one that has the terminal.
    const notOurs = () => {};
    process.on("SIGINT", notOurs);
    const child = spawn(process.execPath, argumentsFor(name, args), {
      // If we end, even by SIGKILL, the command ends too, since its channel breaks.
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
