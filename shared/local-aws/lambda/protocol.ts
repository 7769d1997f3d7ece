// What the embedded Lambda and an execution environment say to each other over IPC.

/** Work for an environment. Times are this machine's. */
export interface Invocation {
  requestId: string;
  event: unknown;
  deadlineAtMs: number;
}

/** What a caller is told of a function that failed: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
export interface FunctionError {
  errorType: string;
  errorMessage: string;
}

/** An environment's side: it has loaded the code, or an invocation is over. */
export type Report =
  | { kind: "started" }
  /** The handler's answer, as JSON: what can't be written as JSON has failed. */
  | { kind: "answered"; payload: string }
  | { kind: "failed"; error: FunctionError };

/** How an invocation ended, seen from outside the environment. */
export type Outcome =
  | { kind: "answered"; payload: string }
  | { kind: "failed"; error: FunctionError }
  | { kind: "timedOut"; error: FunctionError };

/** What whoever invoked the function gets, as JSON. */
export const payloadOf = (outcome: Outcome): string =>
  outcome.kind === "answered" ? outcome.payload : JSON.stringify(outcome.error);
