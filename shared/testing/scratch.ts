import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder of this test alone, with a space in its path; gone when the test is over. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "take a ticket "));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
