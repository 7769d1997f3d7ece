import { fork, type ChildProcess } from "node:child_process";
import { dirname } from "node:path";

import type { Built } from "#shared/run/build/build.ts";
import type { TraceEventOf } from "#shared/trace.ts";
import type { TraceRecorder } from "#shared/trace/recorder.ts";
import { readLines } from "./lines.ts";

// AWS gives the code 10 s to load, apart from the function's own time-out.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
const startTimeoutMs = 10_000;

/** Work for an environment. Times are this machine's. */
export interface Invocation {
  requestId: string;
  /** JSON. */
  event: string;
  deadlineAtMs: number;
}

/** What a caller is told of a function that failed: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
export interface FunctionError {
  errorType: string;
  errorMessage: string;
}

/** What the runtime inside says: it has loaded the code, or an invocation is over. */
export type RuntimeReport = (
  | { kind: "started" }
  /** The handler's answer, as JSON: what can't be written as JSON has failed. */
  | { kind: "answered"; payload: string }
  | { kind: "failed"; error: FunctionError }
) & {
  /** What the environment has used of the processor since it began. */
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

/** An invocation that no environment could take. */
export const notStarted: InvocationOutcome = {
  kind: "failed",
  error: { errorType: "Runtime.ImportModuleError", errorMessage: "The function's code can't be loaded" },
};

/** What an environment is started with. */
export interface EnvironmentSettings {
  /** runtime.ts, built. */
  runtime: Built;
  watchdogFile: string;
  handler: Built;
  exportName: string;
  timeoutSeconds: number;
  /** All of its variables: it inherits none of ours. */
  variables: () => Record<string, string>;
  /** Its log: what it writes, and what Lambda says about it. */
  onLine: (source: string, line: string) => void;
  sourceName: string;
  trace?: TraceRecorder | undefined;
}

/** What an invocation is about: the inspection and the trace show it. */
export interface Work {
  /** Of the records, or of the asynchronous event. */
  bodies: readonly string[];
  /** The records' rows in their queue. */
  rows?: readonly number[];
  /** Which of these rows are not done if it ends so. Default: none. */
  failedRows?: (outcome: InvocationOutcome) => number[];
}

type Cause = TraceEventOf<"environmentEnded">["why"];

/** The embedded Lambda's side of one execution environment: a process that runs one invocation at a time. */
export class ExecutionEnvironment {
  readonly exited: Promise<void>;
  /** The bodies of the records it works on. */
  bodies: readonly string[] = [];
  state: "starting" | "idle" | "busy" | "gone" = "starting";
  /** What it had used of the processor when it last reported. */
  processorMs = 0;
  readonly #child: ChildProcess;
  readonly #settings: EnvironmentSettings;
  #onReport: (report: RuntimeReport | undefined) => void = () => {};
  #endedBy: Cause = "exited";

  constructor(settings: EnvironmentSettings) {
    this.#settings = settings;
    const { runtime, watchdogFile, handler, exportName } = settings;
    this.#child = fork(runtime.file, [handler.file, exportName, watchdogFile, String(process.pid)], {
      cwd: dirname(handler.file),
      env: settings.variables(),
      // One may have been built before, and the other need tsx because nothing can be written any more.
      execArgv: [...new Set([...runtime.execArgv, ...handler.execArgv])],
      silent: true,
    });
    readLines(this.#child.stdout, (line) => this.#say(line));
    readLines(this.#child.stderr, (line) => this.#say(line));
    this.#child.on("message", (report: RuntimeReport) => {
      this.processorMs = report.processorMs;
      this.#onReport(report);
    });
    // An error (it could not be started, or not be written to) is followed or preceded by the end of the process.
    this.#child.on("error", (error) => this.#say(error.message));
    settings.trace?.note({ kind: "environmentStarted", environment: this.#traced });
    this.exited = new Promise((resolve) => {
      const end = (_code?: number | null, signal?: string | null) => {
        this.state = "gone";
        // A signal that we did not send is somebody's `kill -9`.
        const why = this.#endedBy === "exited" && signal === "SIGKILL" ? "killed" : this.#endedBy;
        settings.trace?.note({ kind: "environmentEnded", environment: this.#traced, why });
        this.#onReport(undefined);
        resolve();
      };
      this.#child.once("exit", end);
      this.#child.once("error", () => this.#child.pid === undefined && end());
    });
  }

  /** -1 if the process could not even be started. */
  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** The trace has no place for a process that could not be started. */
  get #traced(): number {
    return Math.max(this.pid, 0);
  }

  /** True once the code is loaded; false if it can't be, which the log explains. */
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

  /** Runs one invocation. It never throws: an environment that dies has failed. */
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
      // Only the end of the process stops a handler that spins.
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

  /** The next report; undefined if the process ends first. */
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
