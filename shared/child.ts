/** What every process of a running chapter does first: end with its launcher. Import it before anything else. */

import { ownProcessorMs } from "#shared/processor-time.ts";

const isChild = process.env["TAKE_A_TICKET_CHILD"] === "1";

// Order matters: a launcher that died before the next line is seen by `connected`, one that dies later by the event.
process.on("disconnect", () => process.exit());
if (isChild && !process.connected) {
  process.exit();
}
if (isChild) {
  // Ctrl-C reaches the whole group; only the launcher stops its children, in order.
  process.on("SIGINT", () => {});
  process.on("message", (message: { kind?: unknown }) => {
    if (message.kind === "processor") {
      process.send?.({ kind: "processor", ms: ownProcessorMs() });
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
