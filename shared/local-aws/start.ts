import { fork, type ChildProcess } from "node:child_process";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "#shared/command.ts";
import { askProcessorMs } from "#shared/run/child-process.ts";
import { build } from "#shared/run/build/build.ts";

import type { AwsCommand, AwsDetails, AwsMessage, CommandMessage, ProcessOptions } from "./commands.ts";
import { readLines } from "./lines.ts";
import { TemplateError } from "./template/stack.ts";

export { TemplateError };

// Running invocations get two seconds to end (main.ts), then the rest.
const stopWithinMs = 4_000;

/** How to start the embedded AWS. */
export interface LocalAwsOptions extends ProcessOptions {
  /** What it and its functions write; `source` is "aws", or a function's name and process id. */
  onLine?: (source: string, line: string) => void;
}

/** A running embedded AWS, in a process of its own. */
export interface LocalAws extends AwsDetails {
  pid: number;
  /** From now on every n-th message sent to a queue that is no dead-letter queue, and every n-th asynchronous event of a function, comes twice; 0 ends it. */
  deliverTwice(everyNth: number, delaysMs: number[]): Promise<void>;
  /** Off: resolves once nothing polls and no invocation runs. */
  enableMapping(enabled: boolean): Promise<void>;
  /** Ends an execution environment with SIGKILL. Throws if there is none with this process id. */
  killEnvironment(pid: number): Promise<void>;
  /** What its own process has used of the processor; of its functions' the inspection tells. */
  processorMs(): Promise<number | undefined>;
  /** Lets running invocations end within two seconds, then ends everything. */
  stop(): Promise<void>;
  exited: Promise<void>;
}

/** Starts the embedded AWS and deploys a template. Throws {@link TemplateError}, or {@link UsageError} for a port that is taken. */
export async function startLocalAws({
  onLine = () => {},
  ...options
}: LocalAwsOptions = {}): Promise<LocalAws> {
  const templateFile =
    options.templateFile === undefined ? {} : { templateFile: resolve(options.templateFile) };
  const argument = JSON.stringify({ ...options, ...templateFile } satisfies ProcessOptions);
  const built = await build(fileURLToPath(new URL("main.ts", import.meta.url)), {
    onLine: (line) => onLine("aws", line),
  });
  const child = fork(built.file, [argument], {
    execArgv: [...built.execArgv],
    // oxlint-disable-next-line node/no-process-env -- a child needs what every process here needs, and one word more.
    env: { ...process.env, TAKE_A_TICKET_CHILD: "1" },
    silent: true,
  });
  const exited = new Promise<void>((done) => child.once("exit", () => done()));
  readLines(child.stdout, (line) => onLine("aws", line));
  readLines(child.stderr, (line) => onLine("aws", line));
  child.on("message", (message: AwsMessage) => {
    if (message.kind === "line") {
      onLine(message.source, message.line);
    }
  });

  const details = await ready(child);
  const ask = asker(child);
  return {
    ...details,
    pid: child.pid ?? -1,
    deliverTwice: (everyNth, delaysMs) => ask({ name: "deliverTwice", everyNth, delaysMs }),
    enableMapping: (enabled) => ask({ name: "enableMapping", enabled }),
    killEnvironment: (pid) => ask({ name: "killEnvironment", pid }),
    exited,
    processorMs: () => askProcessorMs(child),
    async stop() {
      if (child.connected) {
        child.send({ kind: "stop" }, () => {});
      }
      const timer = setTimeout(() => child.kill("SIGKILL"), stopWithinMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

function ready(child: ChildProcess): Promise<AwsDetails> {
  return new Promise((resolveReady, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      reject(new Error(`The embedded AWS ended before it was ready (${signal ?? `exit code ${code}`}).`)),
    );
    child.on("message", (message: AwsMessage) => {
      if (message.kind === "ready") {
        const { kind: _kind, ...details } = message;
        resolveReady(details);
      } else if (message.kind === "failed") {
        reject(rebuild(message));
      }
    });
  });
}

function rebuild({ name, message }: { name: string; message: string }): Error {
  switch (name) {
    case "TemplateError":
      return new TemplateError(message);
    case "UsageError":
      return new UsageError(message);
    default:
      return new Error(`The embedded AWS could not start: ${message}`);
  }
}

/** Asks for one thing at a time or many: every answer finds its question, and a dead process answers all of them. */
function asker(child: ChildProcess): (command: AwsCommand) => Promise<void> {
  const open = new Map<number, (error?: string) => void>();
  let lastId = 0;
  child.on("message", (message: AwsMessage) => {
    if (message.kind === "answer") {
      open.get(message.id)?.(message.error);
    }
  });
  child.once("exit", () => open.forEach((answer) => answer("The embedded AWS is gone.")));
  return (command) =>
    new Promise((resolveAnswer, reject) => {
      lastId += 1;
      const id = lastId;
      open.set(id, (error) => {
        open.delete(id);
        if (error === undefined) {
          resolveAnswer();
        } else {
          reject(new Error(error));
        }
      });
      const request: CommandMessage = { kind: "command", id, command };
      child.send(request, (error) => error && open.get(id)?.("The embedded AWS is gone."));
    });
}
