import { randomUUID } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import * as z from "zod";
import { UsageError } from "#shared/command.ts";
import { close, listen } from "#shared/listen.ts";
import { writeWholeSync } from "#shared/whole-file.ts";
import { isAlive } from "./alive.ts";
import { projectFolder } from "./chapters.ts";
import type { Chapter } from "./chapters.ts";
import { takeLock } from "./lock.ts";

/** What another terminal can do to a running chapter. */
export const commandSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("hello") }),
  // The troubles so far, one per line: "kill function", "outage 10", "duplicates 1".
  z.strictObject({ kind: z.literal("history") }),
  z.strictObject({ kind: z.literal("kill"), target: z.enum(["api", "worker", "function"]) }),
  z.strictObject({ kind: z.literal("outage"), seconds: z.number().positive().max(3_600) }),
  z.strictObject({ kind: z.literal("duplicates"), everyNth: z.int().min(0).max(1_000) }),
]);
export type ControlCommand = z.infer<typeof commandSchema>;

const answerSchema = z.object({ lines: z.array(z.string()) }).or(z.object({ error: z.string() }));
const tokenHeader = "x-take-a-ticket-token";
const maxBodyBytes = 10_000;
// Longer than the launcher waits for a function in the middle of a call.
const timeoutMs = 20_000;

export interface ControlServer {
  url: string;
  token: string;
  close: () => Promise<void>;
}

/** Accepts commands on 127.0.0.1 from processes that can read the token. */
export async function startControlServer(
  carryOut: (command: ControlCommand) => Promise<string[]>,
): Promise<ControlServer> {
  const token = randomUUID();
  const server = createServer((request, response) => {
    const answer = (status: number, body: z.infer<typeof answerSchema>) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const { "content-length": contentLength, [tokenHeader]: given } = request.headers;
    if (given !== token || request.method !== "POST") {
      answer(403, { error: "Expected a POST with this launcher's token; use `npm run break`" });
      return;
    }
    if (!(Number(contentLength) <= maxBodyBytes)) {
      answer(413, { error: `Expected a command of at most ${maxBodyBytes} bytes` });
      return;
    }
    text(request)
      .then((body) => carryOut(commandSchema.parse(JSON.parse(body))))
      .then(
        (lines) => answer(200, { lines }),
        (error: unknown) => answer(409, { error: error instanceof Error ? error.message : String(error) }),
      );
  });
  const { url } = await listen(server);
  return { url, token, close: () => close(server) };
}

/** Sends a command to a launcher. Returns what it reports. Rejects with the launcher's sentence. */
export async function sendCommand(
  { controlUrl, token }: { controlUrl: string; token: string },
  command: ControlCommand,
): Promise<string[]> {
  const response = await fetch(controlUrl, {
    method: "POST",
    headers: { [tokenHeader]: token },
    body: JSON.stringify(command),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const answer = answerSchema.parse(await response.json());
  if ("error" in answer) {
    throw new Error(answer.error);
  }
  return answer.lines;
}

const runningSchema = z.object({
  chapter: z.string(),
  launcherPid: z.int(),
  controlUrl: z.url(),
  token: z.string(),
  apiUrl: z.url(),
  vendorUrl: z.url(),
  inspectUrl: z.url(),
  /** Where its trace is served (shared/tracing/serve.ts), or why there is none. */
  traceUrl: z.url().optional(),
  whyNoTrace: z.string().optional(),
  outputs: z.record(z.string(), z.string()),
  environment: z.record(z.string(), z.string()),
});

/** How another terminal finds a running chapter. */
export type RunningFile = z.infer<typeof runningSchema>;

const runningFolder = join(projectFolder, ".running");
const fileOf = (number: string) => join(runningFolder, `${number}.json`);

/**
 * Makes this process the only launcher of its chapter until it ends. Otherwise two of them would write one log, and only one
 * could be reached. Throws a {@link UsageError} that names the other.
 */
export function takeChapter(number: string): void {
  const giveBack = takeLock(
    join(runningFolder, `${number}.lock`),
    (where) => `Chapter ${number} starts already in another terminal${where}; stop that one with Ctrl-C.`,
  );
  process.on("exit", giveBack);
}

/** Writes the fields of the schema only, completely or not at all. Readable for this user only, since it contains the token. */
export function writeRunningFile(number: string, running: RunningFile): void {
  const text = `${JSON.stringify(runningSchema.parse(running), undefined, 2)}\n`;
  writeWholeSync(fileOf(number), text, { mode: 0o600 });
}

/** Removes the file if this process wrote it. */
export function removeRunningFile(number: string): void {
  if (readRunningFile(number)?.launcherPid === process.pid) {
    rmSync(fileOf(number), { force: true });
  }
}

/** The running chapter, or undefined. Removes what a dead launcher left behind. */
export async function findRunning(number: string): Promise<RunningFile | undefined> {
  const running = readRunningFile(number);
  if (running !== undefined && isAlive(running.launcherPid)) {
    try {
      // Another process may have the same id by now, but only the launcher knows its token.
      await sendCommand(running, { kind: "hello" });
      return running;
    } catch {
      // No launcher answers, so the file is as stale as if its process were gone.
    }
  }
  // Another launcher may have written its own file meanwhile.
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
