/** What every process of a running chapter does first: it makes sure to end with its launcher. Import it before anything else. */

import { ownProcessorMs } from "#shared/processor-time.ts";
import { tellCaller } from "#shared/tracing/caller.ts";
import { ToldWriter } from "#shared/tracing/told-file.ts";

const isChild = process.env["TAKE_A_TICKET_CHILD"] === "1";
// The launcher's name for the API or the worker. The SDK sends it too.
const app = process.env["AWS_SDK_UA_APP_ID"];

// The order matters: `connected` catches a launcher that died before the next line, the event one that dies later.
process.on("disconnect", () => process.exit());
if (isChild && !process.connected) {
  process.exit();
}
if (isChild) {
  // Ctrl-C reaches the whole process group, but only the launcher stops its children, in order.
  process.on("SIGINT", () => {});
  answer("processor", () => ({ ms: ownProcessorMs() }));
}
if (app !== undefined) {
  tellCaller(() => app);
}

const customersBy = process.env["TRACE_CUSTOMERS"];

/** Whether this process reports each customer to the launcher, for the trace. */
export const tellsOfCustomers = isChild && customersBy !== undefined;

/** Where it does so. Undefined: by messages. */
export const toldFile = customersBy === "file" ? new ToldWriter() : undefined;

/** Answers the launcher's question with this word. The question may contain more data. */
export function answer(
  kind: string,
  answerTo: (question: Readonly<Record<string, unknown>>) => object,
): void {
  process.on("message", (question: Readonly<Record<string, unknown>>) => {
    if (question["kind"] === kind) {
      process.send?.({ ...answerTo(question), kind, id: question["id"] });
    }
  });
}

/** Tells the launcher that this process is ready. Does nothing without a launcher. */
export function tellReady(details: Record<string, unknown> = {}): void {
  process.send?.({ kind: "ready", ...details });
}

/** Runs `stop` when the launcher asks for it. The process then ends once nothing is left to do. */
export function onStop(stop: () => Promise<void> | void): void {
  process.on("message", (message: { kind?: unknown }) => {
    if (message.kind === "stop") {
      process.channel?.unref();
      void stop();
    }
  });
}
