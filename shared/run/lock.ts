import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "#shared/command.ts";
import { isAlive } from "./alive.ts";

const beatEveryMs = 2_000;
// Many more beats than a busy machine misses.
const goneAfterMs = 15_000;

/**
 * Makes this process the only holder of a lock file until the returned function is called. Ignores a lock whose process is
 * gone. If another process holds it, throws a {@link UsageError} with the sentence that `refusal` makes of `(process 7)`.
 */
export function takeLock(file: string, refusal: (where: string) => string): () => void {
  const refused = (pid: number | undefined) =>
    new UsageError(refusal(pid === undefined ? "" : ` (process ${pid})`));
  mkdirSync(dirname(file), { recursive: true });
  const other = readOther(file);
  if (other !== undefined && isThere(other, file)) {
    throw refused(other);
  }
  rmSync(file, { force: true });
  try {
    writeFileSync(file, `${JSON.stringify({ pid: process.pid })}\n`, { flag: "wx" });
  } catch (error) {
    // If two start at the same moment, the file system lets one of them write.
    throw error instanceof Error && "code" in error && error.code === "EEXIST"
      ? refused(readOther(file))
      : error;
  }
  const beat = setInterval(() => {
    try {
      utimesSync(file, new Date(), new Date());
    } catch {
      // The file was removed. Another process may take it, and what both write stays whole all the same.
    }
  }, beatEveryMs);
  beat.unref();
  return () => {
    clearInterval(beat);
    if (readOther(file) === process.pid) {
      rmSync(file, { force: true });
    }
  };
}

function readOther(file: string): number | undefined {
  try {
    const { pid } = JSON.parse(readFileSync(file, "utf8")) as { pid?: unknown };
    return typeof pid === "number" && Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** A process id alone proves nothing, since another process may have it by now. The file must be fresh too. */
function isThere(pid: number, file: string): boolean {
  const { mtimeMs = 0 } = statSync(file, { throwIfNoEntry: false }) ?? {};
  return Date.now() - mtimeMs <= goneAfterMs && isAlive(pid);
}
