import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { projectFolder } from "#shared/run/chapters.ts";
import { build } from "./build.ts";
import { BuildError } from "./bundle.ts";

const run = promisify(execFile);

let folder: string;
let cache: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "take-a-ticket-build-"));
  cache = join(folder, "cache");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = async (name: string, text: string) => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};

/** Builds and runs a file. Returns what it printed. */
async function output(file: string): Promise<string> {
  const built = await build(file, { cache });
  const { stdout } = await run(process.execPath, [...built.execArgv, built.file]);
  return stdout.trim();
}

const refusal = async (file: string) => {
  const error: unknown = await build(file, { cache }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(BuildError);
  return (error as BuildError).message;
};

it("runs a TypeScript file and the packages that it imports", async () => {
  const file = await write(
    "main.ts",
    `import * as z from "zod";
     import express, { type Express } from "express";
     import { name } from "./name.ts";
     const app: Express = express();
     console.log(name, typeof app.get, z.string().parse("text"));`,
  );
  await write("name.ts", `export const name: string = "other";`);

  expect(await output(file)).toBe("other function text");
});

it.each(["ts", "js", "mjs"])(
  "reuses a build until one of the files changes, and then rebuilds it (.%s)",
  async (end) => {
    const file = await write(`main.${end}`, `import { name } from "./name.${end}"; console.log(name);`);
    await write(`name.${end}`, `export const name = "before";`);
    const before = await build(file, { cache });

    expect(await build(file, { cache })).toEqual(before);
    await write(`name.${end}`, `export const name = "after";`);
    expect(await output(file)).toBe("after");
  },
);

it("keeps the packages when only our code changes", async () => {
  const file = await write("main.ts", `import { parse } from "yaml"; console.log(parse("1"));`);
  await build(file, { cache });
  const packages = async () => (await readdir(cache)).filter((name) => name.startsWith("packages-"));
  const before = await packages();

  await write("main.ts", `import { parse } from "yaml"; console.log(parse("2"));`);

  expect(await output(file)).toBe("2");
  expect(await packages()).toEqual(before);
});

it.each([
  ["nothing but what is used", `[typeof z.enum, typeof z.notThere]`, "function undefined", false],
  ["all of it where the namespace goes elsewhere", `["locales" in z]`, "true", true],
])("takes from a namespace %s", async (_what, values, printed, hasLanguages) => {
  // zod's messages, in some forty languages, come with its namespace, and nothing here uses them.
  const file = await write("main.ts", `import * as z from "zod"; console.log(...${values});`);

  expect(await output(file)).toBe(printed);
  const names = await readdir(cache, { recursive: true });
  const packages = names.filter((name) => name.startsWith("packages-") && name.endsWith(".cjs"));
  const texts = await Promise.all(packages.map((name) => readFile(join(cache, name), "utf8")));
  expect(texts.join("").includes("Entrada inv")).toBe(hasLanguages);
});

it("makes stacks name the TypeScript file and its line", async () => {
  const file = await write("main.ts", `interface Gone { a: 1 }\n\nthrow new Error("here");\n`);
  const built = await build(file, { cache });

  await expect(run(process.execPath, [...built.execArgv, built.file])).rejects.toMatchObject({
    stderr: expect.stringContaining(`${file}:3:7`),
  });
});

it("makes import.meta mean the source file", async () => {
  const file = await write(
    "main.ts",
    `console.log(import.meta.dirname, new URL("x", import.meta.url).pathname);`,
  );

  expect(await output(file)).toBe(`${folder} ${join(folder, "x")}`);
});

it("asks you to install a dependency that you just pulled, and no others", async () => {
  const { optionalDependencies } = JSON.parse(
    await readFile(join(projectFolder, "package.json"), "utf8"),
  ) as { optionalDependencies: Record<string, string> };
  // One of them is for another kind of machine, so it is not installed here.
  const missing = Object.keys(optionalDependencies).find(
    (name) => !existsSync(join(projectFolder, "node_modules", name)),
  );
  const importing = (name: string) => write("main.ts", `import x from "${name}"; console.log(x);`);

  const told = await refusal(await importing(missing ?? ""));
  expect(told).toContain(`Could not resolve "${missing}"; package.json names this package: type \`npm ci\``);
  expect(told).not.toContain("external");
  expect(await refusal(await importing("nobody-has-this"))).not.toContain("npm ci");
});

it("reports file, line and column of what can't be compiled, shows the line, and leaves nothing in the cache", async () => {
  const file = await write("main.ts", `console.log(1);\nconst half = {;\n`);

  expect(await refusal(file)).toMatch(/main\.ts:2:15: .*\n +2 │ const half = \{;\n/);
  await expect(readdir(cache)).rejects.toThrow("ENOENT");
});

it.each([
  [
    "a file",
    `import { a } from "./missing.ts";\nconsole.log(a);`,
    /main\.ts:1:19: Could not resolve "\.\/missing\.ts"/,
  ],
  [
    "a package",
    `\nimport a from "no-such-package";\nconsole.log(a);`,
    /main\.ts:2:15: Could not resolve "no-such-package"/,
  ],
  [
    "a name of a package",
    `import { SendMesage } from "@aws-sdk/client-sqs";\nnew SendMesage();`,
    /main\.ts:1:28: .*"SendMesage"/,
  ],
])("says where %s is imported that can't be found", async (_what, text, says) => {
  const file = await write("main.ts", text);

  expect(await refusal(file)).toMatch(says);
  const left = await readdir(cache).catch(() => []);
  expect(left).toEqual([]);
});

it("builds a file once for several callers at the same time, in one process and in two", async () => {
  const file = await write("main.ts", `import { parse } from "yaml"; console.log(parse("1"));`);
  const inAnother = run(process.execPath, [
    "--import",
    import.meta.resolve("tsx"),
    "--input-type=module",
    "--eval",
    `import { build } from ${JSON.stringify(join(import.meta.dirname, "build.ts"))};
     console.log((await build(${JSON.stringify(file)}, { cache: ${JSON.stringify(cache)} })).file);`,
  ]);
  const [one, two, { stdout }] = await Promise.all([
    build(file, { cache }),
    build(file, { cache }),
    inAnother,
  ]);

  expect([two.file, stdout.trim()]).toEqual([one.file, one.file]);
  expect((await readdir(cache)).filter((name) => name.startsWith("unfinished-"))).toEqual([]);
  expect(await output(file)).toBe("1");
});

it.each([
  [
    "the built file was cut off",
    async () => truncate((await build(join(folder, "main.ts"), { cache })).file, 10),
  ],
  [
    "what it remembers was cut off",
    async () => {
      const memory = (await readdir(cache)).find((name) => name.endsWith(".json")) ?? "";
      await truncate(join(cache, memory), 10);
    },
  ],
  [
    "the packages are gone",
    async () => {
      const packages = (await readdir(cache)).find((name) => name.startsWith("packages-")) ?? "";
      await rm(join(cache, packages), { recursive: true });
    },
  ],
])("rebuilds it when %s", async (_what, damage) => {
  const file = await write("main.ts", `import { parse } from "yaml"; console.log(parse("1"));`);
  await build(file, { cache });

  await damage();

  expect(await output(file)).toBe("1");
});

it("removes what was not used for a day", async () => {
  const file = await write("main.ts", `console.log(1);`);
  const old = await build(file, { cache });
  const longAgo = new Date(Date.now() - 25 * 60 * 60 * 1_000);
  for (const name of await readdir(cache)) {
    await utimes(join(cache, name), longAgo, longAgo);
  }

  await write("main.ts", `console.log(2);`);

  expect(await output(file)).toBe("2");
  await expect(readFile(old.file)).rejects.toThrow("ENOENT");
});

// Windows has no such shell, and no such limit.
it.skipIf(process.platform === "win32")(
  "cleans up as far as it can: old files that can't be removed don't stop a build",
  async () => {
    const file = await write("main.ts", `console.log(1);`);
    const longAgo = new Date(Date.now() - 25 * 60 * 60 * 1_000);
    for (const name of ["a", "b"]) {
      await mkdir(join(cache, name), { recursive: true });
    }
    // Node names each file by its full path, and no system allows a name of 6,000 letters. Tests may run as root, who can remove
    // anything that another user has made.
    const deep = join(...Array.from({ length: 15 }, () => "x".repeat(200)));
    await mkdir(join(cache, "a", deep), { recursive: true });
    await mkdir(join(folder, deep), { recursive: true });
    await rename(join(folder, "x".repeat(200)), join(cache, "a", deep, "x"));
    await expect(rm(join(cache, "a"), { recursive: true })).rejects.toThrow("ENAMETOOLONG");
    for (const name of ["a", "b"]) {
      await utimes(join(cache, name), longAgo, longAgo);
    }
    const lines: string[] = [];

    const built = await build(file, { cache, onLine: (line) => lines.push(line) });
    const left = await readdir(cache);
    await run("rm", ["-rf", join(cache, "a")]);

    expect(lines).toEqual([]);
    expect(built.file.startsWith(cache)).toBe(true);
    expect(left).not.toContain("b");
  },
);

it("returns the file itself for tsx, and says why, where nothing can be written", async () => {
  const file = await write("main.ts", `console.log(1 as number);`);
  const lines: string[] = [];

  const built = await build(file, { cache: join(file, "cache"), onLine: (line) => lines.push(line) });

  expect(lines).toEqual([
    expect.stringMatching(/^Expected to write to .*, got: ENOTDIR.* runs under tsx instead/),
  ]);
  const { stdout } = await run(process.execPath, [...built.execArgv, built.file]);
  expect(stdout.trim()).toBe("1");
});
