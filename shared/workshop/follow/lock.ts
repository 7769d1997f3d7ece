import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "#shared/command.ts";
import { isAlive } from "#shared/run/alive.ts";

const beatEveryMs = 2_000;
// Far more beats than a busy machine leaves out.
const goneAfterMs = 15_000;

/**
 * Makes sure that this is the only workshop in a folder, until the returned function is called. A lock whose process is
 * gone is ignored. Throws a {@link UsageError} if there is another workshop.
 */
export function takeLock(folder: string): () => void {
  const file = join(folder, "workshop.json");
  mkdirSync(folder, { recursive: true });
  const other = readOther(file);
  if (other !== undefined && isThere(other, file)) {
    throw alreadyOpen(other);
  }
  rmSync(file, { force: true });
  try {
    writeFileSync(file, `${JSON.stringify({ pid: process.pid })}\n`, { flag: "wx" });
  } catch (error) {
    // Of two that start at the same moment, the file system lets one write.
    throw error instanceof Error && "code" in error && error.code === "EEXIST"
      ? alreadyOpen(readOther(file))
      : error;
  }
  const beat = setInterval(() => {
    try {
      utimesSync(file, new Date(), new Date());
    } catch {
      // The file was removed: then another workshop may open, and the progress of both stays whole all the same.
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

function alreadyOpen(pid: number | undefined): UsageError {
  const where = pid === undefined ? "" : ` (process ${pid})`;
  return new UsageError(
    `The workshop is open already in another terminal${where}; go on there, or press q there and try again.`,
  );
}

function readOther(file: string): number | undefined {
  try {
    const { pid } = JSON.parse(readFileSync(file, "utf8")) as { pid?: unknown };
    return typeof pid === "number" && Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** The process id alone proves nothing, since another process may have it by now: the file must be fresh, too. */
function isThere(pid: number, file: string): boolean {
  const { mtimeMs = 0 } = statSync(file, { throwIfNoEntry: false }) ?? {};
  return Date.now() - mtimeMs <= goneAfterMs && isAlive(pid);
}
