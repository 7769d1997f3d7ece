import { readFileSync } from "node:fs";
import { copyFile, readFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { basename, dirname, extname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { BuildFailure, BuildOptions, Plugin } from "esbuild";
import { hash, project } from "./cache.mjs";

// A build has two steps, since packages are large and rarely change. The first bundles our files into one module, in a few
// milliseconds. The second bundles what that module imports from packages: only the imported names, and shared by every
// module that imports the same names. packages.mjs loads the result.

interface BuildFault {
  /** Relative to the project. Undefined if esbuild names no place. */
  place?: { file: string; line: number; column: number } | undefined;
  /** esbuild's message, without a full stop. */
  text: string;
  /** The source line with a mark below the place, as esbuild shows it. */
  frame: string;
}

/** The source can't be built. The message names file, line and column, and shows the line. */
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

/** Our files as a few modules that import packages by name. */
export interface OwnModules {
  /** Modules and source maps by name. `main.mjs` is the one to run; dynamic imports are separate modules. */
  texts: ReadonlyMap<string, string>;
  /** A hash of each of our files as it was read, by its path in the project. */
  inputs: Record<string, string>;
  /** The imported names by package, both sorted. "*" stands for all of them, ".a" for `a` of a namespace: `x.a`. */
  imports: ReadonlyMap<string, readonly string[]>;
}

// They contain native code, or load their own files by name.
const staysOutside = new Set(["@napi-rs/canvas", "dynalite", "esbuild", "playwright-core", "tsx"]);
const common = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  logLevel: "silent",
} as const;

// How CommonJS code requires what stays outside: Node's modules, and packages in our files.
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

// Loading esbuild takes 100 ms, so load it only if there is something to build.
function loadEsbuild(): Promise<typeof import("esbuild")> {
  isEsbuildLoaded = true;
  return import("esbuild");
}

/** Step one: our files. */
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
    // Sources are found from here, wherever the modules are kept.
    sourceRoot: pathToFileURL(project).href,
    packages: "external",
    sourcemap: "linked",
    sourcesContent: false,
    write: false,
    plugins: [readsSources(inputs)],
  } satisfies BuildOptions;
  let result = await esbuild.build(options).catch((error: unknown) => refuse(error));
  // Only if the code needs it: one of our modules may define its own `require`.
  if (result.outputFiles.some(({ text }) => text.includes("var __require = "))) {
    result = await esbuild.build({ ...options, banner: requireInModules });
  }
  const texts = new Map(result.outputFiles.map(({ path, text }) => [basename(path), exportedAsByNode(text)]));
  return { texts, inputs, imports: readImports([...texts.values()]) };
}

// A CommonJS file exports a single value, and its names are known only at run time. Node exports that value under this name
// too, which tells it from an object that a module exports by default.
const exportOfCommonJs = /^export default (require_[\w$]+\(\));$/m;
const exportedAsByNode = (text: string) =>
  text.replace(
    exportOfCommonJs,
    'const commonJs = $1; export { commonJs as default, commonJs as "module.exports" };',
  );

/** Records what was read, so that a file saved during the build counts as changed, and makes `import.meta` mean the source. */
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

// The forms that esbuild prints: `import a from "x";`, `import * as a from "x";`, `import { a, b as c } from "x";`
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

/** What a text uses of a namespace: "string" for `z.string`. All of it if it uses `z` in any other way. */
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

/** "@aws-sdk/client-sqs" for "@aws-sdk/client-sqs/dist/x.js" */
const packageOf = (from: string) => from.split("/", from.startsWith("@") ? 2 : 1).join("/");

const loader = "packages.mjs";

/**
 * Step two: the packages with only the imported names, as one script, and the module that loads it. V8's code cache, with which a
 * process starts sooner, is for scripts. Returns false, having written nothing, if a package awaits something while it loads,
 * which only modules can.
 */
export async function bundlePackages({ imports, inputs }: OwnModules, outdir: string): Promise<boolean> {
  const esbuild = await loadEsbuild();
  const lines = [...imports.keys()].map((from) => {
    const name = JSON.stringify(from);
    return `${name}: () => require(${JSON.stringify(`names of ${from}`)}),`;
  });
  try {
    await esbuild.build({
      ...common,
      format: "cjs",
      stdin: { contents: `module.exports = {\n${lines.join("\n")}\n};`, resolveDir: project },
      outfile: join(outdir, "packages.cjs"),
      // esbuild can drop unused code from the SDK's ES modules, but not from its CommonJS.
      mainFields: ["module", "main"],
      minifySyntax: true,
      minifyWhitespace: true,
      lineLimit: 200,
      keepNames: true,
      // A script has neither.
      supported: { "dynamic-import": false },
      // In parts, since as one word it would mean this file's.
      define: { [["import", "meta", "url"].join(".")]: "urlOfScript" },
      external: [...staysOutside, "pg-native"],
      plugins: [exportsNames(imports)],
    });
  } catch (error) {
    if ((error as Partial<BuildFailure>).errors?.some(({ text }) => /top-level await/i.test(text))) {
      return false;
    }
    return refuse(error, Object.keys(inputs));
  }
  await copyFile(join(project, "shared", "run", "build", loader), join(outdir, loader));
  return true;
}

/** The texts of step one, taking from `folder`, as an import names it, what {@link bundlePackages} has put there. */
export function withPackagesIn({ texts, imports }: OwnModules, folder: string): Map<string, string> {
  // A name that none of our files has.
  const load = `import { load as $load } from "${folder}/${loader}";`;
  return new Map([...texts].map(([name, text]) => [name, takingFrom(load, text, imports)]));
}

// In the first line, so that all other lines keep their numbers, and before everything else, as imports are. Unlike an import, what
// is taken stays as it is: a package that gives an exported name another value later is not followed.
function takingFrom(load: string, text: string, imports: OwnModules["imports"]): string {
  const taken: string[] = [];
  const rest = text.replaceAll(importStatement, (statement: string, ...parts: string[]) => {
    const [byDefault, namespace, named, from = ""] = parts;
    if (!imports.has(from)) {
      return statement;
    }
    const values = `= $load(${JSON.stringify(from)})`;
    if (byDefault !== undefined) {
      taken.push(`const { default: ${byDefault} } ${values};`);
    }
    if (namespace !== undefined) {
      taken.push(`const ${namespace} ${values};`);
    }
    if (named !== undefined) {
      taken.push(`const {${named.replaceAll(/\s+/g, " ").replaceAll(" as ", ": ")}} ${values};`);
    }
    return statement.replaceAll(/[^\n]/g, "");
  });
  return taken.length === 0 ? text : [load, ...taken, rest].join(" ");
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
      // A missing name is undefined, as if read from the namespace.
      lines.push(`const of_${inside} = all.${inside};`, `export { of_${inside} as ${inside} };`);
    }
  }
  return lines.join("\n");
}

/** Throws esbuild's error in readable form: the place, the message, and the line with a mark below it. */
async function refuse(error: unknown, importers: readonly string[] = []): Promise<never> {
  const [first] = (error as Partial<BuildFailure>).errors ?? [];
  if (first === undefined) {
    throw error;
  }
  // The second step misses a package, but what the user can fix is the import in one of our files.
  const imported = /^names:(.*)$/.exec(first.location?.file ?? "")?.[1];
  const place = imported === undefined ? undefined : placeOfImport(imported, importers);
  const location = first.location && { ...first.location, ...place };
  const esbuild = await loadEsbuild();
  // esbuild's notes explain how to call esbuild, which the user doesn't do.
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

/** Whether package.json lists the package of an import such as "zod/v4" or "@aws-sdk/client-sqs". */
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
