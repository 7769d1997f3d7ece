import { createWriteStream, mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { projectFolder } from "#shared/run/chapters.ts";

/** One entry that a process logged, over one or more lines. */
export interface LogEntry {
  /** "api", "worker", "function" ... */
  process: string;
  text: string;
  /** What it logged besides an error's message, or nothing. */
  detail: string;
  /** How often in a row. */
  times: number;
}

interface Said {
  name: string;
  lines: string[];
}

// More than any terminal has rows. The log file contains everything.
const maxKept = 200;
const eventIds = /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/g;

/** Collects what the processes log, and shows each entry as one line: an error as its message, without its stack. */
export class LogBook {
  readonly #said: Said[] = [];

  add(name: string, line: string): void {
    const before = this.#said.findLast((each) => each.name === name);
    // Node prints an object or an error over several lines: all but the first are indented, or a closing brace.
    if (before !== undefined && /^(?:\s|\})/.test(line)) {
      before.lines.push(line);
      return;
    }
    this.#said.push({ name, lines: [line] });
    this.#said.splice(0, this.#said.length - maxKept);
  }

  /** The last `count` entries, the latest at the end. `nameOf` returns the customer of a ticket's `eventId`. */
  last(count: number, nameOf: (eventId: string) => string | undefined = () => undefined): LogEntry[] {
    const entries: LogEntry[] = [];
    for (const { name, lines } of this.#said) {
      // Each execution environment has its pid in its name. Here they are all the one function.
      const process = / \d+$/.test(name) ? "function" : name;
      const { text, detail } = inOneLine(lines);
      const previous = entries.at(-1);
      if (previous?.process === process && previous.text === text) {
        previous.times += 1;
      } else {
        entries.push({ process, text, detail, times: 1 });
      }
    }
    const named = (text: string) => text.replaceAll(eventIds, (eventId) => nameOf(eventId) ?? eventId);
    return (count > 0 ? entries.slice(-count) : []).map((entry) => ({
      ...entry,
      text: named(entry.text),
      detail: named(entry.detail),
    }));
  }
}

function inOneLine(lines: readonly string[]): { text: string; detail: string } {
  const [first = ""] = lines;
  const head = first
    // An invocation's id, which means nothing here.
    .replace(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12} /, "")
    .replace(/ ?\w*Error(?: \[[^\]]*\])?: .*$/, "")
    .replace(/ \{.*$/, "");
  const error = lines.map((line) => /\b\w*Error(?: \[[^\]]*\])?: (.+)$/.exec(line)?.[1]).find(Boolean);
  const [text, detail] = error === undefined ? [head, ""] : [error, head];
  return { text: withCustomers(text), detail: withCustomers(detail) };
}

/** The screen names devices by their customers: the address says the same in four times the room. */
function withCustomers(text: string): string {
  return text.replaceAll(
    /\b00-00-5E-10-((?:[\dA-F]{2}-){3}[\dA-F]{2})\b/g,
    (_, tail: string) => `c-${Number.parseInt(tail.replaceAll("-", ""), 16) + 1}`,
  );
}

/** The log of all processes of a running chapter. */
export interface LogFile {
  /** Relative to the project's folder, where npm runs its commands: ".running/05.log". */
  name: string;
  write: (process: string, line: string) => void;
  close: () => Promise<void>;
}

/** Starts an empty log for the chapter. If the disk is full, reports it once in a sentence and stops logging. */
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
