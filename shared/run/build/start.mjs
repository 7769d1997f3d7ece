// Every `npm run NAME` of ours starts this: `node --enable-source-maps shared/run/build/start.mjs FILE.ts WORDS`. It runs the
// built command, which avoids loading tsx and esbuild. If something has changed it builds the command first.
import { pathToFileURL } from "node:url";
import { mainOf, memoryOf, recall, usualCache } from "./cache.mjs";

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

const before = recall(memoryOf(source, usualCache), usualCache);
const file = before === undefined ? await buildFirst() : mainOf(before, usualCache);
if (file !== undefined) {
  await import(pathToFileURL(file).href);
}

/** The built file. Undefined if there is a mistake in the source, which it has reported. */
async function buildFirst() {
  const { register } = await import("tsx/esm/api");
  register();
  const { build } = await import("./build.ts");
  try {
    return (await build(source, { onLine: (line) => console.error(line) })).file;
  } catch (error) {
    if (!(error instanceof Error && error.name === "BuildError")) {
      throw error;
    }
    console.error(error.message);
    process.exitCode = 1;
    return undefined;
  }
}
