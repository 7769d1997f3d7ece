import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { basename, dirname, extname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { BuildFailure, BuildOptions, Plugin } from "esbuild";
import { hash, project } from "./cache.mjs";

// The two steps of a build, since packages are large and rarely change. Our own files become one module, in some
// milliseconds. What that module imports from packages becomes a second bundle, which holds the imported names and
// nothing else, and serves every module that imports the same names.

interface BuildFault {
  /** In the project; undefined where esbuild names no place. */
  place?: { file: string; line: number; column: number } | undefined;
  /** esbuild's sentence, without a full stop. */
  text: string;
  /** The line of the source, and a mark below the place, as esbuild shows them. */
  frame: string;
}

/** The source can't be built. The message names file, line and column, and shows the line below. */
export class BuildError extends Error {
  override readonly name = "BuildError";
  readonly fault: BuildFault;

  constructor(fault: BuildFault, options?: ErrorOptions) {
    const { place, text, frame } = fault;
    const where = place ? `${place.file}:${place.line}:${place.column}: ` : "";
    super(`${where}${text}\n${frame}`.trimEnd(), options);
    this.fault = fault;
  }
}

/** Our own files as a few modules, which import packages by name. */
export interface OwnModules {
  /** Modules and source maps by name. `main.mjs` is to be run; what is imported late stays apart. */
  texts: ReadonlyMap<string, string>;
  /** A hash of each of our own files as it was read, by its path in the project. */
  inputs: Record<string, string>;
  /** The names that they import, by package; both in order. "*" is all of them, ".a" is `a` of a namespace: `x.a`. */
  imports: ReadonlyMap<string, readonly string[]>;
}

// They have native code, or load files of their own by name.
const staysOutside = new Set(["@napi-rs/canvas", "dynalite", "esbuild", "playwright-core", "tsx"]);
const common = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  logLevel: "silent",
} as const;

// CommonJS asks this way for what stays outside: Node's own modules, and from our own files packages.
const requireInModules = {
  js: 'import { createRequire as takeRequire } from "node:module"; const require = takeRequire(import.meta.url);',
};

let isEsbuildLoaded = false;

/** Ends esbuild's process, which otherwise waits for the next build until this process ends. */
export async function endBuilding(): Promise<void> {
  if (isEsbuildLoaded) {
    await (await loadEsbuild()).stop();
  }
}

// Loading it takes 100 ms, so it is loaded only where something is to be built.
function loadEsbuild(): Promise<typeof import("esbuild")> {
  isEsbuildLoaded = true;
  return import("esbuild");
}

/** Step one: our own files. */
export async function bundleOwn(source: string): Promise<OwnModules> {
  const esbuild = await loadEsbuild();
  const inputs: Record<string, string> = {};
  const options = {
    ...common,
    entryPoints: { main: source },
    outdir: project,
    outExtension: { ".js": ".mjs" },
    splitting: true,
    absWorkingDir: project,
    // Wherever the modules are kept, their sources are found from here.
    sourceRoot: pathToFileURL(project).href,
    packages: "external",
    sourcemap: "linked",
    sourcesContent: false,
    write: false,
    plugins: [readsSources(inputs)],
  } satisfies BuildOptions;
  let result = await esbuild.build(options).catch((error: unknown) => refuse(error));
  // Only where it is asked for: a module of our own may well have a `require` of its own.
  if (result.outputFiles.some(({ text }) => text.includes("var __require = "))) {
    result = await esbuild.build({ ...options, banner: requireInModules });
  }
  const texts = new Map(result.outputFiles.map(({ path, text }) => [basename(path), exportedAsByNode(text)]));
  return { texts, inputs, imports: readImports([...texts.values()]) };
}

// What a file in CommonJS exports is one value, and its names are known only when it runs. Node gives that value this name,
// too: a reader can tell it from an object that a module exports by default.
const exportOfCommonJs = /^export default (require_[\w$]+\(\));$/m;
const exportedAsByNode = (text: string) =>
  text.replace(
    exportOfCommonJs,
    'const commonJs = $1; export { commonJs as default, commonJs as "module.exports" };',
  );

/** Notes what was read, so that a file that is saved meanwhile counts as changed, and lets `import.meta` mean the source. */
const readsSources = (inputs: Record<string, string>): Plugin => ({
  name: "sources",
  setup: (builder) => {
    builder.onLoad({ filter: /\.[cm]?[jt]s$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      inputs[relative(project, path)] = hash(text);
      const values = { url: pathToFileURL(path).href, dirname: dirname(path), filename: path };
      const contents = text.replaceAll(
        /\bimport\.meta\.(url|dirname|filename)\b/g,
        (_all, name: keyof typeof values) => JSON.stringify(values[name]),
      );
      return { contents, loader: extname(path).endsWith("ts") ? "ts" : "js" };
    });
  },
});

// As esbuild prints them: `import a from "x";`, `import * as a from "x";`, `import { a, b as c } from "x";`
const importStatement =
  /^import (?:([\w$]+)(?:, )?)?(?:\* as ([\w$]+)|\{([^}]*)\})? ?from "([^".][^"]*)";$/gm;

function readImports(texts: readonly string[]): Map<string, string[]> {
  const imports = new Map<string, Set<string>>();
  for (const text of texts) {
    for (const [, byDefault, namespace, named = "", from = ""] of text.matchAll(importStatement)) {
      if (isBuiltin(from) || staysOutside.has(packageOf(from))) {
        continue;
      }
      const names = imports.get(from) ?? new Set();
      imports.set(from, names);
      if (byDefault !== undefined) {
        names.add("default");
      }
      if (namespace !== undefined) {
        namesOf(namespace, text).forEach((name) => names.add(name));
      }
      for (const name of named.split(",")) {
        const [outside = ""] = name.trim().split(" as ");
        if (outside !== "") {
          names.add(outside);
        }
      }
    }
  }
  const sorted = [...imports].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return new Map(sorted.map(([from, names]) => [from, [...names].toSorted()]));
}

/** What a text takes from a namespace, as `z.string` takes "string" from `z`. All of it where it does something else with `z`. */
function namesOf(namespace: string, text: string): readonly string[] {
  const names = new Set<string>();
  const uses = new RegExp(`(?<![\\w$.])${namespace.replaceAll("$", "\\$")}(?![\\w$])(?:\\.([\\w$]+))?`, "g");
  for (const [, name] of text.replaceAll(importStatement, "").matchAll(uses)) {
    if (name === undefined) {
      return ["*"];
    }
    names.add(name === "default" ? name : `.${name}`);
  }
  return [...names];
}

/** "@aws-sdk/client-sqs" of "@aws-sdk/client-sqs/dist/x.js" */
const packageOf = (from: string) => from.split("/", from.startsWith("@") ? 2 : 1).join("/");
const fileOf = (from: string) => from.replaceAll(/[^\w.-]/g, "_");

/** Step two: the packages, as one module for each that exports the imported names and nothing else. */
export async function bundlePackages({ imports, inputs }: OwnModules, outdir: string): Promise<void> {
  const esbuild = await loadEsbuild();
  await esbuild
    .build({
      ...common,
      entryPoints: Object.fromEntries([...imports.keys()].map((from) => [fileOf(from), `names of ${from}`])),
      outdir,
      outExtension: { ".js": ".mjs" },
      splitting: true,
      // The SDK's ES modules can be shaken, its CommonJS can't.
      mainFields: ["module", "main"],
      minifySyntax: true,
      minifyWhitespace: true,
      lineLimit: 200,
      keepNames: true,
      banner: requireInModules,
      external: [...staysOutside, "pg-native"],
      plugins: [exportsNames(imports)],
    })
    .catch((error: unknown) => refuse(error, Object.keys(inputs)));
}

/** The texts of step one, with the packages where {@link bundlePackages} has put them: in `folder`, as an import names it. */
export function withPackagesIn({ texts, imports }: OwnModules, folder: string): Map<string, string> {
  const move = (statement: string, ...parts: unknown[]) => {
    const from = String(parts[3]);
    return imports.has(from) ? statement.replace(/"[^"]*";$/, `"${folder}/${fileOf(from)}.mjs";`) : statement;
  };
  return new Map([...texts].map(([name, text]) => [name, text.replaceAll(importStatement, move)]));
}

const exportsNames = (imports: OwnModules["imports"]): Plugin => ({
  name: "imported names",
  setup: (builder) => {
    builder.onResolve({ filter: /^names of / }, ({ path }) => ({
      path: path.slice("names of ".length),
      namespace: "names",
    }));
    builder.onLoad({ filter: /.*/, namespace: "names" }, ({ path }) => ({
      contents: exportsOf(path, new Set(imports.get(path))),
      resolveDir: project,
      loader: "js",
    }));
  },
});

function exportsOf(from: string, names: ReadonlySet<string>): string {
  const source = JSON.stringify(from);
  const lines = [`import * as all from ${source};`];
  for (const name of names) {
    const inside = name.slice(1);
    if (name === "*") {
      lines.push(`export * from ${source};`);
    } else if (!name.startsWith(".")) {
      lines.push(`export { ${name} } from ${source};`);
    } else if (!names.has("*") && !names.has(inside)) {
      // What isn't there is undefined, as it is for who reads it from a namespace.
      lines.push(`const of_${inside} = all.${inside};`, `export { of_${inside} as ${inside} };`);
    }
  }
  return lines.join("\n");
}

/** Throws what esbuild found as one error for a reader: the place, the sentence, and the line with a mark below it. */
async function refuse(error: unknown, importers: readonly string[] = []): Promise<never> {
  const [first] = (error as Partial<BuildFailure>).errors ?? [];
  if (first === undefined) {
    throw error;
  }
  // A package is missing in the second step; what its reader can correct is the import in one of our files.
  const imported = /^names:(.*)$/.exec(first.location?.file ?? "")?.[1];
  const place = imported === undefined ? undefined : placeOfImport(imported, importers);
  const location = first.location && { ...first.location, ...place };
  const esbuild = await loadEsbuild();
  // Its notes tell how to call esbuild, which the reader does not.
  const [shown = ""] = await esbuild.formatMessages([{ ...first, location, notes: [] }], {
    kind: "error",
    color: false,
  });
  throw new BuildError(
    {
      place: location ? { ...location, column: location.column + 1 } : undefined,
      text: imported !== undefined && isOurs(imported) ? `${first.text}; ${install}` : first.text,
      frame: shown.split("\n").slice(3).join("\n").trimEnd(),
    },
    { cause: error },
  );
}

const install = "package.json names this package: type `npm ci`, as after every `git pull`";

/** Whether package.json asks for the package of an import such as "zod/v4" or "@aws-sdk/client-sqs". */
function isOurs(imported: string): boolean {
  const [, name = ""] = /^((?:@[^/]+\/)?[^/]+)/.exec(imported) ?? [];
  const wanted = JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as Record<string, object>;
  return ["dependencies", "devDependencies", "optionalDependencies"].some((kind) =>
    Object.hasOwn(wanted[kind] ?? {}, name),
  );
}

function placeOfImport(imported: string, files: readonly string[]) {
  for (const file of files) {
    const lines = readFileSync(join(project, file), "utf8").split(/\r?\n/);
    const at = lines.findIndex((line) => /\bfrom\b/.test(line) && line.includes(`"${imported}"`));
    const lineText = lines[at];
    if (lineText !== undefined) {
      const column = lineText.indexOf(`"${imported}"`);
      return { file, line: at + 1, column, lineText, length: imported.length + 2 };
    }
  }
  return undefined;
}
