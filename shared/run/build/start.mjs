// What every `npm run NAME` of ours starts: `node --enable-source-maps shared/run/build/start.mjs FILE.ts WORDS`. The command
// runs as it was built before, which spares it tsx and esbuild; where something has changed it is built first.
import { pathToFileURL } from "node:url";
import { mainOf, memoryOf, recall, usualCache } from "./cache.mjs";

// With NODE_USE_ENV_PROXY Node 24 asks a proxy for whatever `fetch` wants. What runs on this machine is behind none: a proxy on
// another one would be asked for its own 127.0.0.1.
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

/** The built file; undefined if there is a mistake in the source, which is told. */
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
