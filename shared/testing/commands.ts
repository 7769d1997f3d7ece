import { spawn } from "node:child_process";
import type { ChildProcessByStdio, SpawnOptions } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import * as z from "zod";
import { projectFolder } from "#shared/run/chapters.ts";

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(projectFolder, "package.json"), "utf8")));

/** What `npm run NAME` passes to Node, without npm in between, which would swallow a Ctrl-C. */
export const commandArguments = (name: string, ...words: readonly string[]): string[] => [
  ...(scripts[name] ?? "").split(" ").slice(1),
  ...words,
];

/** A running command and its output so far. */
export interface StartedCommand {
  child: ChildProcessByStdio<Writable, Readable, Readable>;
  output: () => string;
}

/** Starts a command and reads its output. */
export const startCommand = (name: string, words: readonly string[]): StartedCommand =>
  startProgram([process.execPath, ...commandArguments(name, ...words)]);

/** The same for any program, in the project's folder. */
export function startProgram(
  [file = "", ...words]: readonly string[],
  options: Omit<SpawnOptions, "stdio"> = {},
): StartedCommand {
  const child = spawn(file, words, { cwd: projectFolder, ...options, stdio: ["pipe", "pipe", "pipe"] });
  let output = "";
  const collect = (chunk: Buffer) => (output += chunk.toString("utf8"));
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  return { child, output: () => output };
}
