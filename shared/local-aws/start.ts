import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "#shared/command.ts";
import { startChild } from "#shared/run/child-process.ts";
import { partOf } from "#shared/tracing/parts.ts";
import type { PartSource } from "#shared/tracing/parts.ts";

import type { AwsCommand, AwsDetails, AwsMessage, CommandMessage, ProcessOptions } from "./commands.ts";
import { TemplateError } from "./template/stack.ts";

export { TemplateError };

// Running invocations get two seconds to end (main.ts); the rest is for everything else.
const stopWithinMs = 4_000;
// Building functions for the first time takes a few seconds each on a busy laptop.
const readyWithinMs = 60_000;

/** How to start the embedded AWS. */
export interface LocalAwsOptions extends ProcessOptions {
  /** Receives the output of the embedded AWS and its functions. `source` is "aws", or a function's name and process id. */
  onLine?: (source: string, line: string) => void;
}

/** A running embedded AWS in its own process. */
export interface LocalAws extends AwsDetails {
  pid: number;
  /** Delivers every n-th message twice from now on, except in dead-letter queues, and every n-th asynchronous event. 0 stops it. */
  deliverTwice(everyNth: number, delaysMs: number[]): Promise<void>;
  /** Off: resolves once nothing polls and no invocation runs. */
  enableMapping(enabled: boolean): Promise<void>;
  /** Kills an execution environment with SIGKILL. Throws if none has this process id. */
  killEnvironment(pid: number): Promise<void>;
  /** What it has recorded. Absent if the trace is off. */
  tracePart?: PartSource;
  /** CPU time of this process. The inspection has that of the functions. */
  processorMs(withinMs: number): Promise<number | undefined>;
  /** Gives running invocations two seconds to end, then ends everything. */
  stop(): Promise<void>;
  exited: Promise<void>;
}

/** Starts the embedded AWS and deploys a template. Throws {@link TemplateError}, or {@link UsageError} if a port is taken. */
export async function startLocalAws({
  onLine = () => {},
  ...options
}: LocalAwsOptions = {}): Promise<LocalAws> {
  const templateFile =
    options.templateFile === undefined ? {} : { templateFile: resolve(options.templateFile) };
  const argument = JSON.stringify({ ...options, ...templateFile } satisfies ProcessOptions);
  const answers = new Map<number, (error?: string) => void>();
  let failure: Error | undefined;
  const onMessage = (message: AwsMessage) => {
    switch (message.kind) {
      case "line":
        return onLine(message.source, message.line);
      case "failed":
        failure = rebuild(message);
        return;
      case "answer":
        return answers.get(message.id)?.(message.error);
      case "ready":
    }
  };
  const child = await startChild({
    name: "embedded AWS",
    file: fileURLToPath(new URL("main.ts", import.meta.url)),
    args: [argument],
    onLine: (_, line) => onLine("aws", line),
    onMessage: (message) => onMessage(message as unknown as AwsMessage),
    readyWithinMs,
  });
  const ready = await child.ready.catch((error: unknown) => {
    throw failure ?? error;
  });
  const { kind: _kind, ...details } = ready as unknown as AwsDetails & { kind: "ready" };

  const gone = child.exited.then(() => Promise.reject(new Error("The embedded AWS is gone.")));
  // Handled here, since no command may be waiting when it ends.
  gone.catch(() => {});
  let lastId = 0;
  const ask = async (command: AwsCommand): Promise<void> => {
    lastId += 1;
    const id = lastId;
    const answer = new Promise<string | undefined>((resolveAnswer) => answers.set(id, resolveAnswer));
    child.send({ kind: "command", id, command } satisfies CommandMessage);
    const error = await Promise.race([answer, gone]);
    answers.delete(id);
    if (error !== undefined) {
      throw new Error(error);
    }
  };
  return {
    ...details,
    pid: child.pid,
    deliverTwice: (everyNth, delaysMs) => ask({ name: "deliverTwice", everyNth, delaysMs }),
    enableMapping: (enabled) => ask({ name: "enableMapping", enabled }),
    killEnvironment: (pid) => ask({ name: "killEnvironment", pid }),
    ...(options.trace !== "off" && { tracePart: partOf("aws", child.ask) }),
    exited: child.exited.then(() => {}),
    processorMs: child.processorMs,
    stop: () => child.stop(stopWithinMs),
  };
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
