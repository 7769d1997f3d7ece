import { createInterface } from "node:readline/promises";
import { UsageError } from "#shared/command.ts";

/** Asks the person at the keyboard, unless `isSure`. Throws a {@link UsageError} for every answer but yes, and where nobody is. */
export async function confirm(question: string, isSure: boolean): Promise<void> {
  if (isSure) {
    return;
  }
  if (!process.stdin.isTTY) {
    throw new UsageError(
      `Expected somebody to agree: "${question}" Nobody is at the keyboard; add the word \`yes\`. Nothing was changed.`,
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  // Ctrl-C and Ctrl-D close it, and the question would wait for ever.
  const closed = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
  const answer = await Promise.race([terminal.question(`${question} (yes/no) `), closed]).finally(() =>
    terminal.close(),
  );
  if (answer.trim().toLowerCase() !== "yes") {
    throw new UsageError("Nothing was changed.");
  }
}
