import type { Readable } from "node:stream";

// Limits our memory if a process never ends its line.
const lineCharactersMax = 16_384;

/** Calls `onLine` for every line of a stream, including a last unfinished one. */
export function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  let rest = "";
  stream?.setEncoding("utf8");
  stream?.on("data", (text: string) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? "";
    if (rest.length > lineCharactersMax) {
      lines.push(rest);
      rest = "";
    }
    lines.forEach(onLine);
  });
  stream?.on("end", () => {
    if (rest !== "") {
      onLine(rest);
    }
  });
}
