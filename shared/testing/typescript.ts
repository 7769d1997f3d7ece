import type { ForkOptions } from "node:child_process";
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
