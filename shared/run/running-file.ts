import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { UsageError } from "#shared/command.ts";
import { projectFolder } from "./chapters.ts";
import type { Chapter } from "./chapters.ts";
import { sendCommand } from "./control-server.ts";

const runningSchema = z.object({
  chapter: z.string(),
  launcherPid: z.int(),
  controlUrl: z.url(),
  token: z.string(),
  apiUrl: z.url(),
  vendorUrl: z.url(),
  inspectUrl: z.url(),
  outputs: z.record(z.string(), z.string()),
  environment: z.record(z.string(), z.string()),
});

/** How another terminal finds a running chapter. */
export type RunningFile = z.infer<typeof runningSchema>;

const runningFolder = join(projectFolder, ".running");
const fileOf = (number: string) => join(runningFolder, `${number}.json`);

/** Writes it whole or not at all, readable for this user only: the token is in it. */
export function writeRunningFile(number: string, running: RunningFile): void {
  mkdirSync(runningFolder, { recursive: true });
  const unfinished = `${fileOf(number)}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(running, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, fileOf(number));
}

/** Removes what this process has written, and nobody else's. */
export function removeRunningFile(number: string): void {
  if (readRunningFile(number)?.launcherPid === process.pid) {
    rmSync(fileOf(number), { force: true });
  }
}

/** The running chapter, or undefined; what a launcher that died has left behind is removed. */
export async function findRunning(number: string): Promise<RunningFile | undefined> {
  const running = readRunningFile(number);
  if (running !== undefined && isAlive(running.launcherPid)) {
    try {
      // Another process may have the same number by now: only the launcher knows its token.
      await sendCommand(running, { kind: "hello" });
      return running;
    } catch {
      // Then nobody is there, and the file is as stale as if its process were gone.
    }
  }
  // While nobody answered, another launcher may have put its own file there.
  if (readRunningFile(number)?.launcherPid === running?.launcherPid) {
    rmSync(fileOf(number), { force: true });
  }
  return undefined;
}

/** The running chapter. Throws a {@link UsageError} that says how to start it. */
export async function needRunning({ number }: Chapter): Promise<RunningFile> {
  const running = await findRunning(number);
  if (running === undefined) {
    throw new UsageError(
      `Chapter ${number} is not running; start it with \`npm run chapter ${number}\` in another terminal.`,
    );
  }
  return running;
}

function readRunningFile(number: string): RunningFile | undefined {
  try {
    return runningSchema.parse(JSON.parse(readFileSync(fileOf(number), "utf8")));
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process is alive, too.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
