import { listenForKeys } from "./keys.ts";
import type { KeyInput } from "./keys.ts";
import { cut } from "./paint.ts";

/** What a terminal shows: `process.stdout`, or a stream in its place. */
type ScreenOutput = NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number };

export interface ScreenOptions {
  stdout: ScreenOutput;
  stdin: KeyInput;
  /** One key: "c", "?", or its name, such as "return" or "up". Letters come in lower case. */
  onKey: (key: string) => void;
  /** The user wants to leave (Ctrl-C), or the terminal is gone. The screen stays open until it is closed. */
  onClose: () => void;
  /** The terminal has another size: draw again. */
  onResize?: () => void;
}

export interface Screen {
  readonly columns: number;
  readonly rows: number;
  /** Shows these lines and nothing else; what doesn't fit is cut. */
  draw: (lines: readonly string[]) => void;
  /** Gives the terminal back as it was. More than once is as once. */
  close: () => void;
}

// The alternate screen keeps what was written before, and the scrollback, untouched. No cursor blinks in a picture.
const enter = "\u001B[?1049h\u001B[?25l";
const leave = "\u001B[?25h\u001B[?1049l";

/** Whether both are a terminal, so that there is somebody to look and to press keys. */
export function isTerminal({ stdout, stdin }: Pick<ScreenOptions, "stdout" | "stdin">): boolean {
  return stdout.isTTY === true && stdin.isTTY === true && stdin.setRawMode !== undefined;
}

/** Takes the whole terminal, and gives it back however the process ends, apart from `kill -9`. */
export function openScreen({ stdout, stdin, onKey, onClose, onResize = () => {} }: ScreenOptions): Screen {
  // A terminal that doesn't know its size is taken for the smallest usual one.
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

  // To a terminal that is gone nothing can be said, not even that; its end is heard on the keys' side.
  if (!stdout.listeners("error").includes(nobodyLooks)) {
    stdout.on("error", nobodyLooks);
  }
  stdout.write(enter);
  const stopKeys = listenForKeys(stdin, { onKey, onClose });
  stdout.on("resize", onResize);
  // The second comes before Node prints an error, which would vanish together with this screen.
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
        // Each row has its address, and is emptied before it is written: a last column that is full stays as it is.
        const row = (_: unknown, index: number) =>
          `\u001B[${index + 1};1H\u001B[2K${cut(lines[index] ?? "", columns)}`;
        stdout.write(Array.from({ length: rows }, row).join(""));
      }
    },
    close,
  };
}

function nobodyLooks(): void {}
