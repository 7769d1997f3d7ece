import type { ChildProcess, ForkOptions } from "node:child_process";
import { fileURLToPath } from "node:url";

const start = fileURLToPath(import.meta.resolve("#shared/run/build/start.mjs"));

/** What `npm run` passes to Node to run a TypeScript file. It is built once, while tsx would load everything at each start. */
export const nodeArguments = (file: string, ...words: readonly string[]): string[] => [
  "--enable-source-maps",
  start,
  file,
  ...words,
];

/** The same for `fork`: a launcher that a test starts and kills. */
export const forkArguments = (
  file: string,
  ...words: readonly string[]
): [string, readonly string[], ForkOptions] => [
  start,
  [file, ...words],
  { execArgv: ["--enable-source-maps"], silent: true },
];

/** The first message of a forked process. Rejects with what it wrote if it ends before. */
export function firstMessageOf(child: ChildProcess): Promise<unknown> {
  let written = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => (written += chunk.toString("utf8")));
  }
  return new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("close", (code, signal) =>
      reject(
        new Error(`Expected the process to tell something, but it ended: ${signal ?? code}\n${written}`),
      ),
    );
  });
}
