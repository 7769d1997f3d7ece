// Loads the packages of a built file. bundle.ts puts a copy of this beside packages.cjs, a script with all of them. V8 compiles that
// only once: what it has compiled for the start of a process is kept in its code cache, and a later process begins with it.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";

const script = new URL("packages.cjs", import.meta.url);
// Another version of Node can't use it.
const compiled = fileURLToPath(new URL(`compiled-${process.version}-${process.arch}`, import.meta.url));
const digestBytes = 32;

const text = `(function (module, require, urlOfScript) {${readFileSync(script, "utf8")}\n})`;
const cachedData = readCompiled();
const code = new Script(text, { filename: fileURLToPath(script), ...(cachedData && { cachedData }) });
/** @type {{ exports: Record<string, () => Record<string, unknown>> }} */
const module = { exports: {} };
code.runInThisContext()(module, createRequire(script), script.href);

/** @type {Map<string, Record<string, unknown>>} */
const loaded = new Map();

/**
 * The names that our files import from a package. The package is loaded when it is first asked for.
 * @param {string} name
 */
export function load(name) {
  const names = loaded.get(name) ?? module.exports[name]?.() ?? {};
  loaded.set(name, names);
  return names;
}

if (cachedData === undefined || code.cachedDataRejected) {
  // By then the packages are loaded, and what runs while they load is compiled.
  setImmediate(keepCompiled);
}

/** Undefined if there is none, or if it was damaged: V8 would trust it and crash. */
function readCompiled() {
  if (!existsSync(compiled)) {
    return undefined;
  }
  const bytes = readFileSync(compiled);
  const data = bytes.subarray(digestBytes);
  return bytes.subarray(0, digestBytes).equals(digest(data)) ? data : undefined;
}

function keepCompiled() {
  const unfinished = `${compiled}.${process.pid}.part`;
  try {
    // First, since the rest takes longer where nothing can be written.
    writeFileSync(unfinished, "");
    const data = code.createCachedData();
    writeFileSync(unfinished, Buffer.concat([digest(data), data]));
    renameSync(unfinished, compiled);
  } catch {
    // The process does without: it only starts more slowly.
    rmSync(unfinished, { force: true });
  }
}

/** @param {Buffer} data */
function digest(data) {
  return createHash("sha256").update(data).digest();
}
