import { fork, type ChildProcess } from "node:child_process";
import { dirname } from "node:path";

import type { Built } from "#shared/run/build/build.ts";
import type { TraceEventOf } from "#shared/trace.ts";
import type { TraceRecorder } from "#shared/tracing/recorder.ts";
import { readLines } from "./lines.ts";

// AWS gives the code 10 s to load, separately from the function's timeout.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
const startTimeoutMs = 10_000;

/** One invocation, as the environment gets it. Times are on this machine's clock. */
export interface Invocation {
  requestId: string;
  /** JSON. */
  event: string;
  deadlineAtMs: number;
}

/** What the caller of a failed function gets: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
export interface FunctionError {
  errorType: string;
  errorMessage: string;
}

/** What the runtime in the environment reports: the code is loaded, or an invocation has ended. */
export type RuntimeReport = (
  | { kind: "started" }
  /** The handler's answer as JSON. An answer that can't be serialized is a failure. */
  | { kind: "answered"; payload: string }
  | { kind: "failed"; error: FunctionError }
) & {
  /** CPU time that the environment has used since it started. */
  processorMs: number;
};

/** How an invocation ended, seen from outside the environment. */
export type InvocationOutcome =
  | { kind: "answered"; payload: string }
  | { kind: "failed"; error: FunctionError }
  | { kind: "timedOut"; error: FunctionError };

/** What the invoker gets, as JSON. */
export const payloadOf = (outcome: InvocationOutcome): string =>
  outcome.kind === "answered" ? outcome.payload : JSON.stringify(outcome.error);

/** The outcome if no environment could start. */
export const notStarted: InvocationOutcome = {
  kind: "failed",
  error: { errorType: "Runtime.ImportModuleError", errorMessage: "The function's code can't be loaded" },
};

/** What an environment needs to start. */
export interface EnvironmentSettings {
  /** The bundle of runtime.ts. */
  runtime: Built;
  handler: Built;
  exportName: string;
  timeoutSeconds: number;
  /** All of its variables. It inherits none of ours. */
  variables: () => Record<string, string>;
  /** Its log: what it writes, and what Lambda reports about it. */
  onLine: (source: string, line: string) => void;
  sourceName: string;
  trace?: TraceRecorder | undefined;
}

/** What an invocation works on, for the inspection and the trace. */
export interface Work {
  /** The bodies of the records, or of the asynchronous event. */
  bodies: readonly string[];
  /** The records' rows in their queue. */
  rows?: readonly number[];
  /** Which of these rows are not done after this outcome. Default: none. */
  failedRows?: (outcome: InvocationOutcome) => number[];
}

type Cause = TraceEventOf<"environmentEnded">["why"];

/** The embedded Lambda's side of one execution environment, a process that runs one invocation at a time. */
export class ExecutionEnvironment {
  readonly exited: Promise<void>;
  /** The bodies of the records it works on. */
  bodies: readonly string[] = [];
  state: "starting" | "idle" | "busy" | "gone" = "starting";
  /** The CPU time it had used at its last report. */
  processorMs = 0;
  readonly #child: ChildProcess;
  readonly #settings: EnvironmentSettings;
  #onReport: (report: RuntimeReport | undefined) => void = () => {};
  #endedBy: Cause = "exited";

  constructor(settings: EnvironmentSettings) {
    this.#settings = settings;
    const { runtime, handler, exportName } = settings;
    this.#child = fork(runtime.file, [handler.file, exportName], {
      cwd: dirname(handler.file),
      env: settings.variables(),
      // One may be a bundle and the other TypeScript that needs tsx, if nothing can be written any more.
      execArgv: [...new Set([...runtime.execArgv, ...handler.execArgv])],
      silent: true,
    });
    readLines(this.#child.stdout, (line) => this.#say(line));
    readLines(this.#child.stderr, (line) => this.#say(line));
    this.#child.on("message", (report: RuntimeReport) => {
      this.processorMs = report.processorMs;
      this.#onReport(report);
    });
    // An error (it couldn't start, or we can't write to it) always comes with the end of the process.
    this.#child.on("error", (error) => this.#say(error.message));
    settings.trace?.note({ kind: "environmentStarted", environment: this.#traced });
    this.exited = new Promise((resolve) => {
      const end = (_code?: number | null, signal?: string | null) => {
        this.state = "gone";
        // Someone else sent `kill -9`: this signal didn't come from us.
        const why = this.#endedBy === "exited" && signal === "SIGKILL" ? "killed" : this.#endedBy;
        settings.trace?.note({ kind: "environmentEnded", environment: this.#traced, why });
        this.#onReport(undefined);
        resolve();
      };
      this.#child.once("exit", end);
      this.#child.once("error", () => this.#child.pid === undefined && end());
    });
  }

  /** -1 if the process couldn't start. */
  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** The trace doesn't show a process that couldn't start. */
  get #traced(): number {
    return Math.max(this.pid, 0);
  }

  /** Resolves with true once the code is loaded, or false if it can't be; the log says why. */
  async started(): Promise<boolean> {
    const report = await this.#report(startTimeoutMs);
    if (report === "late") {
      this.#say(`Loading the code took longer than ${startTimeoutMs / 1_000} seconds`);
      this.kill("timedOut");
    }
    const isStarted = report !== "late" && report?.kind === "started";
    if (isStarted) {
      this.state = "idle";
      this.#settings.trace?.note({ kind: "environmentReady", environment: this.#traced });
    }
    return isStarted;
  }

  /** Runs one invocation. Never throws: an environment that dies counts as a failure. */
  async invoke(event: string, work: Work, requestId: string): Promise<InvocationOutcome> {
    const { trace } = this.#settings;
    const { bodies, rows = [], failedRows = () => [] } = work;
    const named = { environment: this.#traced, invocation: requestId };
    this.bodies = bodies;
    trace?.note({ kind: "invoked", ...named, rows: [...rows], bodies });
    const outcome = await this.#run(event, requestId);
    trace?.note({ kind: "returned", ...named, outcome: outcome.kind, failedRows: failedRows(outcome) });
    return outcome;
  }

  async #run(event: string, requestId: string): Promise<InvocationOutcome> {
    const timeoutMs = this.#settings.timeoutSeconds * 1_000;
    this.state = "busy";
    const invocation: Invocation = { requestId, event, deadlineAtMs: Date.now() + timeoutMs };
    this.#child.send(invocation, () => {});

    const report = await this.#report(timeoutMs);
    this.bodies = [];
    if (report === "late") {
      // Only killing the process stops a handler that spins.
      const errorMessage = `${requestId} Task timed out after ${this.#settings.timeoutSeconds.toFixed(2)} seconds`;
      this.#say(errorMessage);
      this.kill("timedOut");
      await this.exited;
      return { kind: "timedOut", error: { errorType: "Sandbox.Timedout", errorMessage } };
    }
    if (report === undefined) {
      const errorMessage = `${requestId} The execution environment ended in the middle of an invocation`;
      this.#say(errorMessage);
      return { kind: "failed", error: { errorType: "Runtime.ExitError", errorMessage } };
    }
    this.state = "idle";
    return report.kind === "started" ? notStarted : report;
  }

  kill(cause: Cause): void {
    this.#endedBy = cause;
    this.#child.kill("SIGKILL");
  }

  /** Waits for the next report. Undefined if the process ends first. */
  #report(withinMs: number): Promise<RuntimeReport | undefined | "late"> {
    return new Promise((resolve) => {
      const settle = (report: RuntimeReport | undefined | "late") => {
        clearTimeout(timer);
        this.#onReport = () => {};
        resolve(report);
      };
      const timer = setTimeout(settle, withinMs, "late");
      this.#onReport = settle;
      if (this.state === "gone") {
        settle(undefined);
      }
    });
  }

  #say(line: string): void {
    this.#settings.onLine(`${this.#settings.sourceName} ${this.pid}`, line);
  }
}
