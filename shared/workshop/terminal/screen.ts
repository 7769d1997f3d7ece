import { emitKeypressEvents } from "node:readline";
import { cut } from "./paint.ts";

/** The keyboard of a terminal: `process.stdin`, or a stream in its place. */
export type KeyInput = NodeJS.ReadableStream & {
  isTTY?: boolean;
  setRawMode?: (on: boolean) => unknown;
};

/** The display of a terminal: `process.stdout`, or a stream in its place. */
type ScreenOutput = NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number };

/** The two sides of a terminal: `process`, or streams in its place. */
export interface Terminal {
  stdout: ScreenOutput;
  stdin: KeyInput;
}

interface KeyListener {
  /** One key: "c", "?", or its name, such as "return", "escape" or "up". Letters are lower case. */
  onKey: (key: string) => void;
  /** The user wants to leave (Ctrl-C, Ctrl-D), or the terminal is gone. The screen stays open until it is closed. */
  onClose: () => void;
}

interface ScreenOptions extends Terminal, KeyListener {
  /** The terminal has a new size: draw again. */
  onResize?: () => void;
}

export interface Screen {
  readonly columns: number;
  readonly rows: number;
  /** Shows exactly these lines, and cuts what doesn't fit. */
  draw: (lines: readonly string[]) => void;
  /** Restores the terminal, if it is still there. Never throws. A second call does nothing. */
  close: () => void;
}

// The alternate screen leaves earlier output and the scrollback untouched. The cursor is hidden.
const enter = "\u001B[?1049h\u001B[?25l";
const leave = "\u001B[?25h\u001B[?1049l";

/** Whether both sides are a terminal, so that someone can look and press keys. */
export function isTerminal({ stdout, stdin }: Terminal): boolean {
  return stdout.isTTY === true && stdin.isTTY === true && stdin.setRawMode !== undefined;
}

/** Takes the whole terminal, and restores it however the process ends, except after SIGKILL. */
export function openScreen({ stdout, stdin, onKey, onClose, onResize = () => {} }: ScreenOptions): Screen {
  // A terminal that doesn't report its size gets the smallest usual one.
  const size = () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  let isOpen = true;
  const close = () => {
    if (isOpen) {
      isOpen = false;
      stopKeys();
      stdout.off("resize", onResize);
      process.off("exit", close).off("uncaughtExceptionMonitor", close);
      stdout.write(leave);
    }
  };

  // Writing to a terminal that is gone fails. The keys' side reports its end.
  if (!stdout.listeners("error").includes(ignoreError)) {
    stdout.on("error", ignoreError);
  }
  stdout.write(enter);
  const stopKeys = listenForKeys(stdin, { onKey, onClose });
  stdout.on("resize", onResize);
  // The second event comes before Node prints an error, which would otherwise vanish with this screen.
  process.on("exit", close).on("uncaughtExceptionMonitor", close);

  return {
    get columns() {
      return size().columns;
    },
    get rows() {
      return size().rows;
    },
    draw: (lines) => {
      if (isOpen) {
        const { columns, rows } = size();
        // Addresses and clears each row before writing it, so that a full last column doesn't wrap.
        const row = (_: unknown, index: number) =>
          `\u001B[${index + 1};1H\u001B[2K${cut(lines[index] ?? "", columns)}`;
        stdout.write(Array.from({ length: rows }, row).join(""));
      }
    },
    close,
  };
}

function ignoreError(): void {}

interface Keypress {
  name?: string;
  ctrl: boolean;
  meta: boolean;
}

/** Reads single keys without Return. The returned function stops that and restores the terminal. */
export function listenForKeys(stdin: KeyInput, { onKey, onClose }: KeyListener): () => void {
  const onKeypress = (text: string | undefined, { name, ctrl, meta }: Keypress) => {
    if (ctrl && (name === "c" || name === "d")) {
      onClose();
    } else if (!ctrl && !meta) {
      // A sign such as "?" has no name, and a letter's text may be a capital.
      const key = name ?? text;
      if (key !== undefined) {
        onKey(key.toLowerCase());
      }
    }
  };
  emitKeypressEvents(stdin);
  stdin.setRawMode?.(true);
  stdin.on("keypress", onKeypress).on("end", onClose).on("error", onClose);
  stdin.resume();
  return () => {
    stdin.off("keypress", onKeypress).off("end", onClose).off("error", onClose);
    try {
      stdin.setRawMode?.(false);
    } catch {
      // A terminal that is gone can't be set (EIO), and needn't be.
    }
    // Otherwise a process with nothing else to do would wait for the next key.
    stdin.pause();
  };
}
