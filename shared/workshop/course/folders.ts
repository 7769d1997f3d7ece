import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";

/** Every file below a folder, by its path in it; none if there is no such folder. */
export function listFiles(folder: string): string[] {
  return existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    : [];
}

/** Copies a folder to a place that is free. The copy has its name once it is whole, and not before. */
export function copyWhole(from: string, to: string): void {
  const part = join(dirname(to), "..", `saving-${basename(to)}`);
  rmSync(part, { recursive: true, force: true });
  cpSync(from, part, { recursive: true });
  mkdirSync(dirname(to), { recursive: true });
  renameSync(part, to);
}

/** Removes everything in a folder, which is there afterwards. Throws an error that names what could not be removed. */
export function emptyFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    try {
      // Windows refuses to remove what an editor or a virus scanner has open, often for a moment only.
      rmSync(join(folder, name), { recursive: true, maxRetries: 5, retryDelay: 100 });
    } catch (cause) {
      const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
      throw new Error(
        `Expected to remove ${name} from ${basename(folder)}/, but something holds it${code}; close that, then try again.`,
        { cause },
      );
    }
  }
}
