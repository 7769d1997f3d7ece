import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder for this test only, with a space in its path. Removed when the test is over. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "take a ticket "));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
