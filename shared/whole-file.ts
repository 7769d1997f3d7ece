import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { pid } from "node:process";

const partOf = (file: string) => `${file}.${pid}.part`;

/** Writes a file whole or not at all: what was there before stays until the new one is complete. A write that fails leaves nothing. */
export async function writeWhole(file: string, data: string | Uint8Array): Promise<void> {
  const beside = partOf(file);
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(beside, data);
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** The same, done when it returns. `mode` is for a new file: who may read it. */
export function writeWholeSync(file: string, data: string, { mode = 0o666 }: { mode?: number } = {}): void {
  const beside = partOf(file);
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(beside, data, { mode });
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
