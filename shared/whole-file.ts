import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { pid } from "node:process";

const partOf = (file: string) => `${file}.${pid}.part`;

/** Writes a file completely or not at all: a former file stays until the new one is complete. A failed write leaves nothing. */
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

/** The same, synchronously. `mode` sets who may read a new file. */
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
