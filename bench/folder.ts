import { appendFileSync, existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { writeWhole } from "#shared/whole-file.ts";

/** Where one benchmark keeps its results. */
export interface ResultsFolder {
  path: string;
  /** As a reader types it in the current folder. */
  shown: (file: string) => string;
  /** Writes a file completely or not at all. */
  write: (file: string, contents: string | Uint8Array) => Promise<void>;
  /** Adds a line to `logs/NAME.log`. */
  log: (name: string, line: string) => void;
}

// Below a folder such as /proc, where the system allows none, Node's recursive mkdir retries forever.
async function makeFolder(path: string): Promise<void> {
  const parent = dirname(path);
  if (!existsSync(parent) && parent !== path) {
    await makeFolder(parent);
  }
  if (!existsSync(path)) {
    await mkdir(path);
  }
}

/** Creates a new folder: two runs may begin in the same second. */
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

/** Creates `bench/results/<time>/`. Throws an error that says what to do if it isn't writable. */
export async function makeResultsFolder(root: string, startedAt: Date): Promise<ResultsFolder> {
  // Without colons, which Windows doesn't allow in names.
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
        // Synchronously and in order, so that the log is complete however this process ends.
        appendFileSync(join(path, "logs", `${name}.log`), `${line}\n`);
      } catch {
        // A full disk must not end the measurement. Writing the results, which matter more, will report it.
      }
    },
  };
}
