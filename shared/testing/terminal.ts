import { PassThrough } from "node:stream";

/** A terminal in memory. It keeps what is written to it, and the test presses its keys. */
export interface FakeTerminal {
  stdout: PassThrough & { isTTY: true; columns: number; rows: number };
  stdin: PassThrough & { isTTY: true; setRawMode: (on: boolean) => void };
  /** Everything written so far. */
  written: () => string;
  /** What a screen shows at present, one line per row. */
  shown: () => string;
  press: (keys: string) => void;
  isRaw: () => boolean;
}

export function fakeTerminal({ columns = 80, rows = 24 } = {}): FakeTerminal {
  let written = "";
  let isRaw = false;
  const stdout = Object.assign(new PassThrough(), { isTTY: true as const, columns, rows });
  stdout.on("data", (chunk: Buffer) => (written += chunk.toString("utf8")));
  const setRawMode = (on: boolean) => {
    isRaw = on;
  };
  const stdin = Object.assign(new PassThrough(), { isTTY: true as const, setRawMode });
  return {
    stdout,
    stdin,
    written: () => written,
    // A screen begins each picture at its first row.
    shown: () =>
      (written.split("\u001B[1;1H").at(-1) ?? "").replaceAll("\u001B[2K", "").split(rowAddress).join("\n"),
    press: (keys) => stdin.write(keys),
    isRaw: () => isRaw,
  };
}

const rowAddress = new RegExp(String.raw`${"\u001B"}\[\d+;1H`);
