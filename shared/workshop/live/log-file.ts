import { createWriteStream, mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { projectFolder } from "#shared/run/chapters.ts";

/** Keeps all that the processes of a running chapter say. */
export interface LogFile {
  /** Seen from the project's folder, where npm runs its commands: ".running/05.log". */
  name: string;
  write: (process: string, line: string) => void;
  close: () => Promise<void>;
}

/** Begins the chapter's log anew. A disk that is full is told once, in one sentence, and ends the log only. */
export function openLogFile(number: string, onError: (sentence: string) => void): LogFile {
  const folder = join(projectFolder, ".running");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${number}.log`);
  const stream = createWriteStream(file);
  const name = relative(projectFolder, file);
  stream.on("error", (error) => onError(`${name} can't be written, so it ends here: ${error.message}`));
  return {
    name,
    write: (process, line) => {
      if (stream.writable) {
        stream.write(`${new Date().toISOString()} ${process} | ${line}\n`);
      }
    },
    close: () => new Promise((resolve) => (stream.destroyed ? resolve() : stream.end(resolve))),
  };
}
