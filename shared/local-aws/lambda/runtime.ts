// The runtime inside an execution environment: loads one function's code and runs one invocation at a time.
// execution-environment.ts starts it as plain Node (no tsx) with the bundled handler; you don't start it by hand.
// Unlike on AWS it isn't frozen between invocations, and its memory isn't limited.

import { pathToFileURL } from "node:url";

import { ownProcessorMs } from "#shared/processor-time.ts";
import { tellCaller, traceIdOf } from "#shared/tracing/caller.ts";
import type { FunctionError, Invocation, RuntimeReport } from "./execution-environment.ts";

type Answered = (error: unknown, answer?: unknown) => void;
type Handler = (event: unknown, context: unknown, callback: Answered) => unknown;

// The order matters: `connected` catches a parent that died before the next line, the event one that dies later. A handler that spins
// notices neither, which is what the watchdog is for.
process.on("disconnect", () => process.exit());
if (!process.connected) {
  process.exit();
}
// Ctrl-C reaches the whole process group, but the embedded AWS lets running invocations end.
process.on("SIGINT", () => {});

const [, , handlerFile = "", exportName = ""] = process.argv;
// The runtime that the template names. The Node that runs here may be another one.
// oxlint-disable-next-line node/no-process-env
const refusesCallbacks = !/nodejs2[02]\.x$/.test(process.env["AWS_EXECUTION_ENV"] ?? "");

type Reported<Report> = Report extends unknown ? Omit<Report, "processorMs"> : never;
const report = (message: Reported<RuntimeReport>) =>
  process.send?.({ ...message, processorMs: ownProcessorMs() } satisfies RuntimeReport);

let invocationNow = "";
tellCaller(() => invocationNow);
try {
  const handler = await loadHandler();
  process.on("message", (invocation: Invocation) => void invoke(handler, invocation));
  report({ kind: "started" });
} catch (error) {
  console.error("The function's code can't be loaded:", error);
  process.exitCode = 1;
  process.disconnect();
}

// Lambda's runtimes also decide by the number of parameters: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
function takesCallback(handler: Handler): boolean {
  return handler.length >= 3;
}

async function loadHandler(): Promise<Handler> {
  const module = (await import(pathToFileURL(handlerFile).href)) as Record<string, unknown>;
  // A CommonJS file exports a single value (bundle.ts).
  const code = (module["module.exports"] ?? module) as Record<string, unknown>;
  const handler = code[exportName];
  if (typeof handler !== "function") {
    throw new TypeError(`Expected it to export the function ${exportName}, got ${typeof handler}`);
  }
  if (takesCallback(handler as Handler) && refusesCallbacks) {
    // Without this error it would do nothing, and count as a success.
    throw Object.assign(
      new Error(
        `Expected ${exportName} to be an async function of (event, context), got one that takes a callback: Lambda refuses it from nodejs24.x on`,
      ),
      { name: "Runtime.CallbackHandlerDeprecated" },
    );
  }
  return handler as Handler;
}

/**
 * The handler's answer, from its promise or from the callback that older handlers use. If a handler never calls back, the
 * function's timeout ends it; AWS answers null once nothing is left to wait for.
 */
function answerOf(handler: Handler, invocation: Invocation): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const answered: Answered = (error, answer) => (error ? reject(error as Error) : resolve(answer));
    const returned = handler(JSON.parse(invocation.event), contextOf(invocation), answered);
    if (returned instanceof Promise || !takesCallback(handler)) {
      resolve(returned);
    }
  });
}

async function invoke(handler: Handler, invocation: Invocation): Promise<void> {
  // Lambda's runtime does the same. The SDK adds it to its requests, so we know which invocation they come from.
  // oxlint-disable-next-line node/no-process-env -- the SDK looks for it nowhere else
  process.env["_X_AMZN_TRACE_ID"] = traceIdOf(invocation.requestId);
  invocationNow = invocation.requestId;
  try {
    const answer = await answerOf(handler, invocation);
    // As on AWS, no answer is null, and an answer that can't be serialized (a circle, a BigInt) is the function's error.
    report({ kind: "answered", payload: JSON.stringify(answer ?? null) ?? "null" });
  } catch (error) {
    console.error("The handler failed:", error);
    report({ kind: "failed", error: describe(error) });
  }
}

// https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html, without the stack, which is in the log.
const describe = (error: unknown): FunctionError =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message }
    : { errorType: typeof error, errorMessage: String(error) };

// https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
function contextOf({ requestId, deadlineAtMs }: Invocation) {
  // A function knows nothing about itself except its environment's variables, here as on AWS.
  // oxlint-disable-next-line node/no-process-env
  const { env } = process;
  const functionName = env["AWS_LAMBDA_FUNCTION_NAME"];
  return {
    functionName,
    functionVersion: "$LATEST",
    invokedFunctionArn: `arn:aws:lambda:${env["AWS_REGION"]}:000000000000:function:${functionName}`,
    memoryLimitInMB: env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: `local/[$LATEST]${process.pid}`,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadlineAtMs - Date.now()),
  };
}
