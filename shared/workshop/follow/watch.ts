import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isEditorsOwn } from "../course/places.ts";

interface WatchOptions {
  folder: string;
  /** Called once for all files that were saved within a look or two. */
  onChange: () => void;
  everyMs?: number;
}

/**
 * Compares the times and sizes of a folder's files every `everyMs` (default 500), until the returned function is called. File
 * events would come sooner, but don't come at all from network drives, from Windows to WSL, and into containers. A look at a
 * dozen files costs less than a millisecond.
 */
export function watchFolder({ folder, onChange, everyMs = 500 }: WatchOptions): () => void {
  let told = fingerprint(folder);
  let seen = told;
  const timer = setInterval(() => {
    const now = fingerprint(folder);
    // An editor may write several files one after the other, and a file in two steps. It is done when two looks agree.
    const isOver = now === seen;
    seen = now;
    if (isOver && now !== told) {
      told = now;
      onChange();
    }
  }, everyMs);
  return () => clearInterval(timer);
}

/** Differs as soon as a file of the folder is saved, added or removed. */
export function fingerprint(folder: string): string {
  try {
    return readdirSync(folder)
      .filter((name) => /\.(ts|yaml|json)$/.test(name) && !isEditorsOwn(name))
      .toSorted()
      .map((name) => {
        const { mtimeMs, size } = statSync(join(folder, name));
        return `${name} ${mtimeMs} ${size}`;
      })
      .join("\n");
  } catch {
    // The folder is missing, or a file vanished meanwhile: the next look will tell.
    return "";
  }
}
