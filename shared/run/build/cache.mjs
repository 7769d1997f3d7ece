// What was built before, and whether it can be reused. Plain JavaScript, since start.mjs needs it before anything else is loaded.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, utimesSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The record of a build. The build is reused as long as no input has changed.
 *
 * @typedef {object} Remembered
 * @property {Record<string, string>} inputs A hash of each of our own files as it was read, by its path in the project.
 * @property {string} folder Where the built modules are, in the cache.
 * @property {Record<string, number>} sizesBytes Of each file in it, since one may have been cut off.
 * @property {string | undefined} packages Where the packages of these modules are, in the cache.
 */

export const project = fileURLToPath(new URL("../../../", import.meta.url));
/** Below node_modules, so that the packages that stay outside are found from there. */
export const usualCache = join(project, "node_modules", ".cache", "take-a-ticket");

/** Where a build of this source file is remembered.
 * @param {string} source @param {string} cache */
export const memoryOf = (source, cache) => join(cache, `${hash(resolve(source), versions())}.json`);

/** What was built before, if no input has changed and all of it is still there.
 * @param {string} memory @param {string} cache
 * @returns {Remembered | undefined} */
export function recall(memory, cache) {
  try {
    /** @type {Remembered} */
    const built = JSON.parse(readFileSync(memory, "utf8"));
    const isCurrent = Object.entries(built.inputs).every(
      ([file, before]) => hash(readFileSync(join(project, file), "utf8")) === before,
    );
    const folders = [built.folder, built.packages ?? "."].map((folder) => join(cache, folder));
    if (!isCurrent || !isWhole(built, cache) || !folders.every((folder) => existsSync(folder))) {
      return undefined;
    }
    [memory, ...folders].forEach(markAsUsed);
    return built;
  } catch {
    // There is no record, it was cut off, or an input is gone: build again.
    return undefined;
  }
}

/** @param {Pick<Remembered, "folder" | "sizesBytes">} built @param {string} cache */
export function isWhole({ folder, sizesBytes }, cache) {
  const sizeOf = (/** @type {string} */ name) =>
    statSync(join(cache, folder, name), { throwIfNoEntry: false })?.size;
  return Object.entries(sizesBytes).every(([name, sizeBytes]) => sizeOf(name) === sizeBytes);
}

/** The module to run. @param {Pick<Remembered, "folder">} built @param {string} cache */
export const mainOf = ({ folder }, cache) => join(cache, folder, "main.mjs");

/** Changes when a package does, or when the way we build changes. */
export function versions() {
  // npm writes the first of these at each install.
  const locks = ["node_modules/.package-lock.json", "package-lock.json"].filter((file) =>
    existsSync(join(project, file)),
  );
  const builders = ["build.ts", "bundle.ts", "cache.mjs", "packages.mjs"].map(
    (file) => `shared/run/build/${file}`,
  );
  return hash(...[...locks, ...builders].map((file) => readFileSync(join(project, file), "utf8")));
}

/** Short, and the same for the same texts. @param {...string} texts */
export function hash(...texts) {
  const sum = createHash("sha256");
  texts.forEach((text) => sum.update(text).update("\0"));
  return sum.digest("hex").slice(0, 20);
}

/** So that it doesn't count as old. @param {string} path */
function markAsUsed(path) {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // A cache that can't be written isn't cleaned up either.
  }
}
