import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { BuildOptions, Metafile } from "esbuild";

// As TypeScript under tsx the process needs 540 ms to its first answer, as JavaScript 260 ms: every file goes through
// a second thread there. So its files are bundled once, and again when one of them has changed.

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = fileURLToPath(new URL(".", import.meta.url));
const sourcesBeside = [join(root, "shared/child.ts")];
// Below node_modules, so that the packages that stay outside of the bundle are found.
const cache = join(root, "node_modules", ".cache", "take-a-ticket-aws");

const keepMs = 60 * 60 * 1_000;

/** The file to fork: main.ts and all it needs, as JavaScript for plain Node. */
export async function buildProcess(): Promise<string> {
  const sources = await readSources();
  const target = join(cache, hashOf(sources));
  const entry = join(target, "main.mjs");
  if (!existsSync(entry)) {
    await build(target, new Set(sources.keys()));
  }
  return entry;
}

// By file: all that is bundled, so that a change of any leads to another build.
async function readSources(): Promise<Map<string, string>> {
  const names = await readdir(folder, { recursive: true });
  const isSource = (name: string) => /(?<!\.test|\.d)\.ts$/.test(name) && !name.startsWith("conformance");
  const files = names.filter(isSource).map((name) => join(folder, name));
  const all = [...files, ...sourcesBeside].toSorted();
  return new Map(await Promise.all(all.map(async (file) => [file, await readFile(file, "utf8")] as const)));
}

function hashOf(sources: ReadonlyMap<string, string>): string {
  const hash = createHash("sha256");
  for (const [file, text] of sources) {
    hash.update(`${relative(root, file)}\0${text}\0`);
  }
  return hash.digest("hex").slice(0, 16);
}

async function build(target: string, known: ReadonlySet<string>): Promise<void> {
  const esbuild = await import("esbuild");
  await mkdir(cache, { recursive: true });
  const outdir = await mkdtemp(join(cache, "new-"));
  const common = {
    outdir,
    bundle: true,
    platform: "node",
    target: "node20",
    packages: "external",
    sourcemap: "linked",
    metafile: true,
    absWorkingDir: root,
    logLevel: "silent",
  } as const satisfies BuildOptions;
  const [main, runtime] = await Promise.all([
    esbuild.build({
      ...common,
      entryPoints: [join(folder, "main.ts")],
      format: "esm",
      outExtension: { ".js": ".mjs" },
      // What is imported late stays apart, and is loaded late.
      splitting: true,
    }),
    esbuild.build({
      ...common,
      entryPoints: [join(folder, "lambda/runtime.ts"), join(folder, "lambda/watchdog.ts")],
      format: "cjs",
      outExtension: { ".js": ".cjs" },
    }),
  ]);
  refuseUnknown({ ...main.metafile.inputs, ...runtime.metafile.inputs }, known);
  // Another process may have built the same meanwhile; then its build stays.
  await rename(outdir, target).catch(() => rm(outdir, { recursive: true, force: true }));
  await removeOthers(target);
}

// A file that is bundled but not hashed would stay as it was when it changes.
function refuseUnknown(inputs: Metafile["inputs"], known: ReadonlySet<string>): void {
  const unknown = Object.keys(inputs).find((file) => !known.has(join(root, file)));
  if (unknown !== undefined) {
    throw new Error(
      `${unknown} is part of the embedded AWS: add it to sourcesBeside in shared/local-aws/build.ts.`,
    );
  }
}

// Older builds, but none that another process may just be starting from.
async function removeOthers(target: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    const changedAtMs = (await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now();
    if (path !== target && Date.now() - changedAtMs > keepMs) {
      await rm(path, { recursive: true, force: true });
    }
  }
}
