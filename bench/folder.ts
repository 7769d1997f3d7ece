import { appendFileSync, existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { writeWhole } from "#shared/whole-file.ts";

/** Where one benchmark keeps what it found. */
export interface ResultsFolder {
  path: string;
  /** As a reader types it, from the folder they are in. */
  shown: (file: string) => string;
  /** Writes a whole file or none: a reader never sees half of it. */
  write: (file: string, contents: string | Uint8Array) => Promise<void>;
  /** Adds a line to `logs/NAME.log`. */
  log: (name: string, line: string) => void;
}

// Below a folder in which the system allows none, such as /proc, Node's own recursive mkdir retries forever.
async function makeFolder(path: string): Promise<void> {
  const parent = dirname(path);
  if (!existsSync(parent) && parent !== path) {
    await makeFolder(parent);
  }
  if (!existsSync(path)) {
    await mkdir(path);
  }
}

/** A folder of its own: two runs may begin in one second. */
async function makeNew(wanted: string): Promise<string> {
  await makeFolder(dirname(wanted));
  for (let place = 1; ; place += 1) {
    const path = place === 1 ? wanted : `${wanted}-${place}`;
    try {
      await mkdir(path);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        throw error;
      }
    }
  }
}

/** Makes `bench/results/<time>/`. Throws an error that says what to do if it can't be written to. */
export async function makeResultsFolder(root: string, startedAt: Date): Promise<ResultsFolder> {
  // Without colons, which Windows does not have in names.
  const time = startedAt.toISOString().slice(0, 19).replaceAll(":", "-");
  const wanted = join(root, time);
  let path: string;
  try {
    path = await makeNew(wanted);
    await mkdir(join(path, "logs"));
  } catch (cause) {
    const { code = "an error" } = cause as NodeJS.ErrnoException;
    throw new Error(
      `Expected to write the results to ${wanted}, got ${code}; make that folder writable, or free some space.`,
      { cause },
    );
  }
  const shown = (file: string) => relative(process.cwd(), join(path, file)) || ".";
  return {
    path,
    shown,
    write: async (file, contents) => {
      const target = join(path, file);
      try {
        await writeWhole(target, contents);
      } catch (cause) {
        const { code = "an error" } = cause as NodeJS.ErrnoException;
        throw new Error(`Expected to write ${target}, got ${code}; what was written before is kept.`, {
          cause,
        });
      }
    },
    log: (name, line) => {
      try {
        // At once and in order, so that the log is whole whatever ends this process.
        appendFileSync(join(path, "logs", `${name}.log`), `${line}\n`);
      } catch {
        // A full disk must not end the measurement: writing the results, which matter more, will say so.
      }
    },
  };
}
