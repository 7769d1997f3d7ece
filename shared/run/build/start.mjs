// Every `npm run NAME` of ours starts this: `node --enable-source-maps shared/run/build/start.mjs FILE.ts WORDS`. It runs the
// built command, which avoids loading tsx and esbuild. If something has changed it builds the command first.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { endWithNpm } from "../end-with-npm.mjs";
import { hash, mainOf, memoryOf, project, recall, usualCache, versions } from "./cache.mjs";

// With NODE_USE_ENV_PROXY Node 24 sends every `fetch` to a proxy. Requests to this machine must not go there: a proxy on
// another machine would connect to its own 127.0.0.1.
// oxlint-disable-next-line node/no-process-env -- Node's client looks for it nowhere else
const { env } = process;
const noProxy = env["no_proxy"] === undefined ? "NO_PROXY" : "no_proxy";
env[noProxy] = [...new Set([...(env[noProxy] ?? "").split(","), "127.0.0.1", "localhost"])]
  .filter(Boolean)
  .join(",");

const [source = ""] = process.argv.splice(2, 1);
process.argv[1] = source;
// Before anything is built, which takes long enough for npm to be gone.
endWithNpm(source);

const before = recall(memoryOf(source, usualCache), usualCache);
const file = before === undefined ? await buildFirst() : mainOf(before, usualCache);
if (file !== undefined) {
  await import(pathToFileURL(file).href);
}

/** The built file. Undefined if there is a mistake in the source, which it has reported. */
async function buildFirst() {
  const { build } = await loadBuilder();
  try {
    const { file: built } = await build(source, { onLine: (line) => console.error(line) });
    if (built === resolve(source)) {
      await useTsx();
    }
    return built;
  } catch (error) {
    if (!(error instanceof Error && error.name === "BuildError")) {
      throw error;
    }
    console.error(error.message);
    process.exitCode = 1;
    return undefined;
  }
}

/**
 * build.ts as plain JavaScript, which esbuild makes: every build loads esbuild, and to load tsx too takes as long as the rest. Where
 * nothing can be written, tsx runs it.
 * @returns {Promise<typeof import("./build.ts")>}
 */
async function loadBuilder() {
  const wholeFile = readFileSync(join(project, "shared", "whole-file.ts"), "utf8");
  const builder = join(usualCache, `builder-${hash(versions(), wholeFile)}.mjs`);
  try {
    if (!existsSync(builder)) {
      await makeBuilder(builder);
    }
  } catch (error) {
    const { message, code = "" } = /** @type {NodeJS.ErrnoException} */ (error);
    // The build meets the same and says so.
    if (!["EROFS", "EACCES", "EPERM"].includes(code)) {
      console.error(
        `Expected to write ${builder}, got: ${message}. tsx runs the build instead, and takes longer.`,
      );
    }
    await useTsx();
    return await import("./build.ts");
  }
  return await import(pathToFileURL(builder).href);
}

/** From now on this process can import TypeScript. */
async function useTsx() {
  const { register } = await import("tsx/esm/api");
  register();
}

/** @param {string} builder */
async function makeBuilder(builder) {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [join(project, "shared", "run", "build", "build.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    write: false,
    logLevel: "silent",
    plugins: [
      {
        // It finds the project by its own place.
        name: "cache.mjs stays where it is",
        setup: (bundler) => {
          bundler.onResolve({ filter: /\/cache\.mjs$/ }, () => ({
            path: new URL("cache.mjs", import.meta.url).href,
            external: true,
          }));
        },
      },
    ],
  });
  mkdirSync(usualCache, { recursive: true });
  const unfinished = `${builder}.${process.pid}.part`;
  try {
    writeFileSync(unfinished, outputFiles[0]?.text ?? "");
    renameSync(unfinished, builder);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}
