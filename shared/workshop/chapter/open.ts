// What every launcher does around its chapter: makes it reachable for other terminals, and ends it on Ctrl-C.
import { exitCodeOfCtrlC, onStopSignal, UsageError } from "#shared/command.ts";
import type { Chapter } from "#shared/run/chapters.ts";
import {
  findRunning,
  removeRunningFile,
  startControlServer,
  writeRunningFile,
} from "#shared/run/remote-control.ts";
import type { RunningChapter } from "#shared/run/running-chapter.ts";
import { serveTrace } from "#shared/tracing/serve.ts";

// npm forwards a Ctrl-C that the terminal has already sent to us. A second one within this time is the same.
const sameKeyMs = 500;

/** Lets other processes find the chapter, send commands to it, and read its trace. */
export async function openToOthers(
  running: RunningChapter,
  number: string,
  carryOut: Parameters<typeof startControlServer>[0],
): Promise<{ close: () => Promise<void> }> {
  const control = await startControlServer(carryOut);
  const served = "whyNone" in running.trace ? undefined : await serveTrace(running.trace);
  process.on("exit", () => removeRunningFile(number));
  const { url: controlUrl, token } = control;
  writeRunningFile(number, {
    ...running,
    ...("whyNone" in running.trace ? { whyNoTrace: running.trace.whyNone } : { traceUrl: served?.url }),
    launcherPid: process.pid,
    controlUrl,
    token,
  });
  return {
    close: async () => {
      await control.close();
      await served?.close();
    },
  };
}

/** Throws a {@link UsageError} that says where the chapter is already running. */
export async function refuseIfRunning({ number }: Chapter): Promise<void> {
  const other = await findRunning(number);
  if (other !== undefined) {
    throw new UsageError(
      `Chapter ${number} runs already at ${other.apiUrl} (process ${other.launcherPid}); stop that one with Ctrl-C.`,
    );
  }
}

/** Resolves with the first signal. Another one ends this process, and with it all others. */
export function onInterrupt(): Promise<undefined> {
  return new Promise((resolve) => {
    let firstAtMs: number | undefined;
    const interrupt = () => {
      firstAtMs ??= performance.now();
      resolve(undefined);
      if (performance.now() - firstAtMs > sameKeyMs) {
        process.exit(exitCodeOfCtrlC);
      }
    };
    onStopSignal(interrupt);
  });
}
