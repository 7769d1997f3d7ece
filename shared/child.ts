/** What every process of a running chapter does first: end with its launcher. Import it before anything else. */

import { ownProcessorMs } from "#shared/processor-time.ts";
import { tellCaller } from "#shared/trace/caller.ts";

const isChild = process.env["TAKE_A_TICKET_CHILD"] === "1";
// The launcher's name for the API and the worker; the SDK tells it as well.
const app = process.env["AWS_SDK_UA_APP_ID"];

// Order matters: a launcher that died before the next line is seen by `connected`, one that dies later by the event.
process.on("disconnect", () => process.exit());
if (isChild && !process.connected) {
  process.exit();
}
if (isChild) {
  // Ctrl-C reaches the whole group; only the launcher stops its children, in order.
  process.on("SIGINT", () => {});
  answer("processor", () => ({ ms: ownProcessorMs() }));
}
if (app !== undefined) {
  tellCaller(() => app);
}

/** Whether this process is to tell the launcher of each customer as they come, for the trace. */
export const tellsOfCustomers = isChild && process.env["TRACE_CUSTOMERS"] === "yes";

/** Answers what the launcher asks by this word. Its question may hold more. */
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

/** Tells the launcher that this process answers now. Without a launcher it does nothing. */
export function tellReady(details: Record<string, unknown> = {}): void {
  process.send?.({ kind: "ready", ...details });
}

/** Runs `stop` when the launcher asks for it; the process ends by itself once nothing is left to do. */
export function onStop(stop: () => Promise<void> | void): void {
  process.on("message", (message: { kind?: unknown }) => {
    if (message.kind === "stop") {
      process.channel?.unref();
      void stop();
    }
  });
}
