import { emitKeypressEvents } from "node:readline";
import { fit, widthOf } from "./paint.ts";
import type { Paint } from "./paint.ts";

/** What a terminal gives of its keyboard: `process.stdin`, or a stream in its place. */
export type KeyInput = NodeJS.ReadableStream & {
  isTTY?: boolean;
  setRawMode?: (on: boolean) => unknown;
};

interface KeyListener {
  /** One key: "c", "?", or its name, such as "return", "escape" or "up". Letters come in lower case. */
  onKey: (key: string) => void;
  /** Ctrl-C or Ctrl-D was pressed, or the terminal is gone. */
  onClose: () => void;
}

interface Keypress {
  name?: string;
  ctrl: boolean;
  meta: boolean;
}

/** Takes single keys, without Return, until the function that it gives is called: then the terminal is as before. */
export function listenForKeys(stdin: KeyInput, { onKey, onClose }: KeyListener): () => void {
  const onKeypress = (text: string | undefined, { name, ctrl, meta }: Keypress) => {
    if (ctrl && (name === "c" || name === "d")) {
      onClose();
    } else if (!ctrl && !meta) {
      // A sign such as "?" has no name; a letter's text may be a capital.
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
    stdin.setRawMode?.(false);
    // Without it a process that has nothing else to do would wait for the next key.
    stdin.pause();
  };
}

/** A key and what it does, in a word or two. */
export interface Key {
  key: string;
  does: string;
}

/** All keys in as few lines as the columns allow, each at its own place in every line. */
export function drawKeys(keys: readonly Key[], columns: number, paint: Paint): string[] {
  const texts = keys.map(({ key, does }) => `${paint("bold", key)} ${does}`);
  const widest = Math.max(...texts.map(widthOf)) + 2;
  const perLine = Math.max(1, Math.floor((columns + 2) / widest));
  return Array.from({ length: Math.ceil(texts.length / perLine) }, (_, line) =>
    texts
      .slice(line * perLine, (line + 1) * perLine)
      .map((text, index, all) => (index === all.length - 1 ? text : fit(text, widest)))
      .join(""),
  );
}
