import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { parse } from "yaml";
import * as z from "zod";
import { projectFolder } from "#shared/run/chapters.ts";

const folder = join(projectFolder, "chapters", "08-aws");
const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Metadata: z
        .object({
          BuildProperties: z.object({
            EntryPoints: z.tuple([z.string()]),
            Target: z.string(),
            Minify: z.boolean(),
            MainFields: z.string(),
            External: z.array(z.string()).default([]),
          }),
        })
        .optional(),
    }),
  ),
});

/** Variables with which every function of 08 can load. Nothing listens at their addresses. */
export const settingsToLoad = {
  AWS_REGION: "us-east-1",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  DEVICES_TABLE: "d",
  ACTIVATIONS_TABLE: "a",
  VENDOR_TABLE: "v",
  QUEUE_URL: "http://127.0.0.1:9/queue",
  VENDOR_URL: "http://127.0.0.1:9",
  API_KEY: "only-on-this-machine",
  VENDOR_KEY: "only-on-this-machine",
  MAX_RECEIVE_COUNT: "5",
  VENDOR_TIMEOUT_SECONDS: "3",
  RETRY_DELAYS_SECONDS: "1",
  CAPACITY: "22",
};

/** A function of 08 as it goes to AWS: `sam build` calls esbuild with the same options. */
export interface BuiltFunction {
  name: string;
  code: Uint8Array;
  /** The project's own files in it, as absolute paths. */
  sources: string[];
}

/** Builds the functions of 08 with the settings in their template, with or without the SDK in the bundle. */
export async function buildFunctions({ sdk }: { sdk: "in" | "out" }): Promise<BuiltFunction[]> {
  const tags = ["!Ref", "!GetAtt", "!Sub"].map((tag) => ({ tag, resolve: (text: string) => text }));
  const text = readFileSync(join(folder, "template.yaml"), "utf8");
  const { Resources: resources } = templateSchema.parse(parse(text, { customTags: tags }));
  const functions = Object.entries(resources).flatMap(([name, { Metadata: metadata }]) =>
    metadata ? [{ name, ...metadata.BuildProperties }] : [],
  );
  return await Promise.all(
    functions.map(async ({ name, EntryPoints: [file], ...settings }) => {
      const { outputFiles, metafile } = await build({
        absWorkingDir: projectFolder,
        metafile: true,
        entryPoints: [join(folder, file)],
        bundle: true,
        platform: "node",
        format: "cjs",
        target: settings.Target,
        minify: settings.Minify,
        mainFields: settings.MainFields.split(","),
        external: [...settings.External, ...(sdk === "out" ? ["@aws-sdk/*"] : [])],
        write: false,
        logLevel: "error",
      });
      const sources = Object.keys(metafile.inputs).filter((path) => !path.startsWith("node_modules/"));
      return {
        name,
        code: outputFiles[0]?.contents ?? new Uint8Array(),
        sources: sources.map((path) => join(projectFolder, path)),
      };
    }),
  );
}
