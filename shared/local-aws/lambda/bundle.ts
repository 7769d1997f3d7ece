import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, parse } from "node:path";
import type { BuildOptions } from "esbuild";

import { TemplateError } from "../template/stack.ts";

const folderPrefix = "take-a-ticket-lambda-";
const nameOfFolder = new RegExp(`^${folderPrefix}(\\d+)-`);
// This module runs in a bundle, which has these beside it (build.ts).
const runtimeFiles = ["runtime.cjs", "watchdog.cjs"];

/** Where the code of the functions lies, ready to run in plain Node. */
export interface Bundles {
  runtimeFile: string;
  /** The bundled file of a function's entry file. */
  handlerFile(entryFile: string): string;
  remove(): Promise<void>;
}

/** Bundles the functions' entry files into a temporary folder. Throws a TemplateError with esbuild's first error. */
export async function bundle(entryFiles: readonly string[]): Promise<Bundles> {
  await removeStaleFolders();
  const folder = await mkdtemp(join(tmpdir(), `${folderPrefix}${process.pid}-`));
  const outputs = new Map(entryFiles.map((file, index) => [file, `${parse(file).name}-${index}`]));
  try {
    // A copy: a newer build of the embedded AWS removes the older, which still runs.
    await Promise.all(
      runtimeFiles.map((name) => copyFile(new URL(`./${name}`, import.meta.url), join(folder, name))),
    );
    await build(folder, outputs);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    runtimeFile: join(folder, "runtime.cjs"),
    handlerFile: (entryFile) => join(folder, `${outputs.get(entryFile)}.cjs`),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

async function build(folder: string, outputs: ReadonlyMap<string, string>): Promise<void> {
  // Loaded only now: not every template has a function, and the ports should be open first.
  const esbuild = await import("esbuild");
  const handlers = [...outputs].map(([file, output]) => [output, file]);
  const options: BuildOptions = {
    entryPoints: Object.fromEntries(handlers),
    outdir: folder,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    // The SDK goes in, as it does on AWS: from node_modules it loads 1,000 files and takes longer at a cold start.
    // Its ES modules can be shaken, its CommonJS can't: 243 ms against 323 ms for a start.
    mainFields: ["module", "main"],
    minifySyntax: true,
    minifyWhitespace: true,
    lineLimit: 200,
    keepNames: true,
    // So that a stack in the log names handler.ts and its line.
    sourcemap: "linked",
    sourcesContent: false,
    logLevel: "silent",
  };
  try {
    await esbuild.build(options);
  } catch (error) {
    throw new TemplateError(readable(error), { cause: error });
  } finally {
    // esbuild is a process of its own, which would stay.
    await esbuild.stop();
  }
}

interface BuildFailure {
  errors?: { text: string; location: { file: string; line: number } | null }[];
}

function readable(error: unknown): string {
  const [first] = (error as BuildFailure).errors ?? [];
  const where = first?.location ? `${first.location.file}:${first.location.line}: ` : "";
  return `${where}The function can't be bundled: ${first?.text ?? String(error)}.`;
}

/** A run that was killed could not remove its folder. */
async function removeStaleFolders(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(nameOfFolder.exec(name)?.[1] ?? Number.NaN);
    if (!Number.isNaN(pid) && !isAlive(pid)) {
      await rm(join(tmpdir(), name), { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process may not be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
