import { fileURLToPath } from "node:url";
import { build } from "#shared/run/build/build.ts";
import type { Built } from "#shared/run/build/build.ts";
import { BuildError, endBuilding } from "#shared/run/build/bundle.ts";
import { TemplateError } from "../template/stack.ts";

/** The code that an execution environment needs, ready to run in plain Node. */
export interface Bundles {
  /** runtime.ts, which loads a function's code. */
  runtime: Built;
  /** The bundle of a function's entry file. */
  handler: (entryFile: string) => Built;
}

/**
 * Builds the functions' entry files. The bundle includes the SDK: from node_modules it would be 1,000 files. Throws a
 * TemplateError with the first mistake.
 */
export async function bundle(
  entryFiles: readonly string[],
  options: Parameters<typeof build>[1] = {},
): Promise<Bundles> {
  try {
    const runtime = await build(fileURLToPath(new URL("runtime.ts", import.meta.url)), options);
    const handlers = await Promise.all(
      entryFiles.map(async (file) => [file, await build(file, options)] as const),
    );
    const built = new Map(handlers);
    const nothing: Built = { file: "", execArgv: [] };
    return { runtime, handler: (entryFile) => built.get(entryFile) ?? nothing };
  } catch (error) {
    throw error instanceof BuildError ? new TemplateError(readable(error), { cause: error }) : error;
  } finally {
    // The embedded AWS builds nothing more, and esbuild is a running process.
    await endBuilding();
  }
}

function readable({ fault: { place, text } }: BuildError): string {
  const where = place ? `${place.file}:${place.line}: ` : "";
  return `${where}The function can't be bundled: ${text}.`;
}
