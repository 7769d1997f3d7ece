import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { writeWhole } from "#shared/whole-file.ts";
import { BuildError, bundleOwn, bundlePackages, withPackagesIn } from "./bundle.ts";
import { hash, isWhole, mainOf, memoryOf, recall, usualCache, versions } from "./cache.mjs";
import type { Remembered } from "./cache.mjs";
import type { OwnModules } from "./bundle.ts";

// Every process of a chapter is built before it starts, and runs as plain JavaScript. 07's API is then ready after about a
// seventh of the CPU time that it takes under tsx (`npm run bench:starts`).

/** A file that Node runs without a loader, and the options that Node needs for it. */
export interface Built {
  file: string;
  execArgv: readonly string[];
}

interface BuildOptions {
  /** Called with a line if something doesn't go as usual. */
  onLine?: (line: string) => void;
  /** Where built files are kept. Default: below the project's node_modules. */
  cache?: string;
}

const keptForMs = 24 * 60 * 60 * 1_000;

const underWay = new Map<string, Promise<Built>>();

/**
 * Builds a TypeScript file and all that it imports, or reuses an earlier build of the same contents. Where nothing can be
 * written it returns the file itself, to be run under tsx, and tells `onLine`. Throws {@link BuildError}.
 */
export function build(
  file: string,
  { onLine = () => {}, cache = usualCache }: BuildOptions = {},
): Promise<Built> {
  const source = resolve(file);
  const building =
    underWay.get(source) ?? buildOnce(source, { onLine, cache }).finally(() => underWay.delete(source));
  underWay.set(source, building);
  return building;
}

async function buildOnce(source: string, { onLine, cache }: Required<BuildOptions>): Promise<Built> {
  const memory = memoryOf(source, cache);
  const before = recall(memory, cache);
  if (before !== undefined) {
    return asBuilt(before, cache);
  }
  const own = await bundleOwn(source);
  try {
    await mkdir(cache, { recursive: true });
    await removeOld(cache);
    const packages = await keepPackages(own, cache);
    const built = await keepOwn(own, packages, cache);
    await writeWhole(memory, JSON.stringify(built));
    return asBuilt(built, cache);
  } catch (error) {
    if (error instanceof BuildError || !isSystemError(error)) {
      throw error;
    }
    onLine(
      `Expected to write to ${cache}, got: ${error.message}. This process runs under tsx instead, and starts more slowly.`,
    );
    return { file: source, execArgv: ["--import", import.meta.resolve("tsx")] };
  }
}

// Source maps, so that a stack names the TypeScript file and its line.
const asBuilt = (built: Remembered, cache: string): Built => ({
  file: mainOf(built, cache),
  execArgv: ["--enable-source-maps"],
});

/**
 * The folder with what the modules import from packages. Undefined if they import nothing, and if it can't be bundled: then Node
 * loads the packages one file after the other.
 */
async function keepPackages(own: OwnModules, cache: string): Promise<string | undefined> {
  const names = JSON.stringify([...own.imports]);
  const folder = `packages-${hash(names, versions())}`;
  if (own.imports.size === 0) {
    return undefined;
  }
  const isKept = await keepFolder(join(cache, folder), (outdir) => bundlePackages(own, outdir));
  return isKept ? folder : undefined;
}

async function keepOwn(own: OwnModules, packages: string | undefined, cache: string): Promise<Remembered> {
  const texts = [...(packages === undefined ? own.texts : withPackagesIn(own, `../${packages}`))];
  const folder = `own-${hash(...texts.flat())}`;
  const sizesBytes = Object.fromEntries(texts.map(([name, text]) => [name, Buffer.byteLength(text)]));
  const path = join(cache, folder);
  if (existsSync(path) && !isWhole({ folder, sizesBytes }, cache)) {
    await rm(path, { recursive: true, force: true });
  }
  await keepFolder(path, async (unfinished) => {
    await Promise.all(texts.map(([name, text]) => writeFile(join(unfinished, name), text)));
    return true;
  });
  return { inputs: own.inputs, folder, sizesBytes, packages };
}

/**
 * Creates a folder completely or not at all, even if another process creates the same one. Resolves with false if it is not
 * there, since `fill` resolved with false.
 */
async function keepFolder(folder: string, fill: (unfinished: string) => Promise<boolean>): Promise<boolean> {
  if (existsSync(folder)) {
    return true;
  }
  const unfinished = await mkdtemp(join(dirname(folder), "unfinished-"));
  try {
    if (!(await fill(unfinished))) {
      await rm(unfinished, { recursive: true, force: true });
      return false;
    }
    await rename(unfinished, folder);
    return true;
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true }).catch(() => {});
    if (!existsSync(folder)) {
      throw error;
    }
    return true;
  }
}

/** Removes what was not used for a day, and the remains of killed builds. What belongs to another user stays, and does no harm. */
async function removeOld(cache: string): Promise<void> {
  for (const name of await readdir(cache).catch(() => [])) {
    const path = join(cache, name);
    const usedAtMs = (await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now();
    if (Date.now() - usedAtMs > keptForMs) {
      await rm(path, { recursive: true, force: true }).catch(() => {});
    }
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error && "code" in error;
