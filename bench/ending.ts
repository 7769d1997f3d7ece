import { exitCodeOfCtrlC } from "#shared/command.ts";

/** Prints what failed, and whether Ctrl-C left anything to keep. Sets the exit code: 0 only if all was measured. */
export function sayHowItEnded({
  failures,
  isStopped,
  isKept,
}: {
  /** A sentence each. */
  failures: readonly string[];
  isStopped: boolean;
  /** Whether anything had finished and was saved. */
  isKept: boolean;
}): void {
  failures.forEach((failure) => console.error(failure));
  if (isStopped) {
    console.error(isKept ? "Stopped; what had finished is kept." : "Stopped; nothing had finished.");
    process.exitCode = exitCodeOfCtrlC;
  } else if (failures.length > 0) {
    process.exitCode = 1;
  }
}
