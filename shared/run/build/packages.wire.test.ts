import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from "vitest";
import { otherProject } from "#shared/testing/other-project.ts";

let folder: string;
let project: Awaited<ReturnType<typeof otherProject>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "take-a-ticket-packages-"));
  project = await otherProject(folder);
});
// Each test begins with nothing built but what builds.
afterEach(async () => {
  const names = (await readdir(project.cache)).filter((name) => !name.startsWith("builder-"));
  await Promise.all(names.map((name) => rm(join(project.cache, name), { recursive: true })));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Installs a package of the test's own, with these files. */
async function install(name: string, files: Record<string, string>): Promise<void> {
  const place = join(project.packages, name);
  await mkdir(place, { recursive: true });
  await writeFile(join(place, "package.json"), JSON.stringify({ name, type: "module", main: "main.js" }));
  for (const [file, text] of Object.entries(files)) {
    await writeFile(join(place, file), text);
  }
}

/** Runs a command with this text, under Node with these words. */
async function run(text: string, words: readonly string[] = []) {
  const command = join(folder, "command.ts");
  await writeFile(command, text);
  return await promisify(execFile)(process.execPath, [...words, project.start, command]);
}

const built = async (like: RegExp) =>
  (await readdir(project.cache, { recursive: true }))
    .filter((path) => like.test(path))
    .map((path) => join(project.cache, path));
const theOnly = async (like: RegExp) => {
  const paths = await built(like);
  expect(paths).toHaveLength(1);
  return paths[0] ?? "";
};

const saysWord = `import { word } from "words"; console.log(word());`;

it("loads a package when something asks for it", async () => {
  await install("words", { "main.js": `export const word = () => "one";` });
  await install("loud", { "main.js": `console.log("loaded"); export const loud = "used";` });
  await writeFile(join(folder, "later.ts"), `import { loud } from "loud"; console.log(loud);`);

  const { stdout } = await run(`${saysWord} await import("./later.ts");`);

  expect(stdout.split("\n")).toEqual(["one", "loaded", "used", ""]);
});

it("loads a package once for all our files", async () => {
  await install("counted", { "main.js": `export const made = {}; console.log("loaded");` });
  await writeFile(
    join(folder, "other.ts"),
    `import * as all from "counted"; import { made } from "counted"; export { all, made };`,
  );

  const { stdout } = await run(`
    import * as all from "counted";
    import { made } from "counted";
    import * as other from "./other.ts";
    console.log(made === all.made, made === other.made, all === other.all);`);

  expect(stdout).toBe("loaded\ntrue true true\n");
});

it("makes stacks name the lines of a file that imports packages", async () => {
  await install("numbers", { "main.js": `export const one = 1; export const two = 2; export default 3;` });

  const failed = run(
    `import three, {
       one,
       two as second,
     } from "numbers";
     import { sep } from "node:path";
     console.log(one, second, three, sep);
     throw new Error("here");`,
    ["--enable-source-maps"],
  );

  await expect(failed).rejects.toMatchObject({
    stdout: expect.stringMatching(/^1 2 3 /),
    stderr: expect.stringContaining(`${join(folder, "command.ts")}:7:12`),
  });
});

it("takes what is new in how packages are loaded", async () => {
  await install("words", { "main.js": `export const word = () => "one";` });
  await run(saysWord);

  const loader = join(dirname(project.start), "packages.mjs");
  const before = await readFile(loader);
  onTestFinished(() => writeFile(loader, before));
  await appendFile(loader, `console.log("new");`);

  expect((await run(saysWord)).stdout).toBe("new\none\n");
});

it("lets a package find its own place, and load more when it is needed", async () => {
  await install("far", {
    "main.js": `
      export const url = import.meta.url;
      export const more = async () => [(await import("./more.js")).default, (await import("node:path")).sep];`,
    "more.js": `export default "more";`,
  });

  const { stdout } = await run(
    `import { more, url } from "far"; console.log(JSON.stringify([url, ...(await more())]));`,
  );

  const [url, ...more] = JSON.parse(stdout) as string[];
  expect(url).toMatch(/^file:.*\/packages-\w+\/packages\.cjs$/);
  expect(more).toEqual(["more", join("/")]);
});

it("runs with a package that awaits something while it loads", async () => {
  await install("late", { "main.js": `export const late = await Promise.resolve("late");` });

  const { stdout, stderr } = await run(`import { late } from "late"; console.log(late);`);

  expect({ stdout, stderr }).toEqual({ stdout: "late\n", stderr: "" });
  expect(await built(/packages-|unfinished-/)).toEqual([]);
});

it("begins with what V8 has compiled before", async () => {
  await install("words", { "main.js": `export const word = () => "one";` });
  await run(saysWord);
  const script = await theOnly(/packages\.cjs$/);
  // Of a script V8 compares only the length. It reads the text of a function that it has not compiled.
  await writeFile(script, (await readFile(script, "utf8")).replace('"one"', '"two"'));

  const compiled = await run(saysWord);
  await rm(await theOnly(/compiled-/));
  const read = await run(saysWord);

  expect([compiled.stdout, read.stdout]).toEqual(["one\n", "two\n"]);
});

const digest = (data: Buffer) => createHash("sha256").update(data).digest();

it.each<[what: string, damage: (bytes: Buffer) => Buffer]>([
  [
    "damaged",
    (bytes) =>
      Buffer.concat([bytes.subarray(0, -9), Buffer.from([~(bytes.at(-9) ?? 0)]), bytes.subarray(-8)]),
  ],
  ["cut off", (bytes) => bytes.subarray(0, 50)],
  ["empty", () => Buffer.alloc(0)],
  [
    "what another version of V8 has compiled",
    (bytes) => {
      const data = Buffer.from(bytes.subarray(32));
      // The second word of V8's header is a hash of its version.
      data.writeUInt32LE(~data.readUInt32LE(4) >>> 0, 4);
      return Buffer.concat([digest(data), data]);
    },
  ],
])("compiles anew, without a word, if what is kept is %s", async (_what, damage) => {
  await install("words", { "main.js": `export const word = () => "one";` });
  await run(saysWord);
  const path = await theOnly(/compiled-/);
  const before = await readFile(path);
  const damaged = damage(before);
  await writeFile(path, damaged);

  const { stdout, stderr } = await run(saysWord);

  expect({ stdout, stderr }).toEqual({ stdout: "one\n", stderr: "" });
  const after = await readFile(path);
  expect(after.equals(damaged)).toBe(false);
  expect(after.subarray(0, 32)).toEqual(digest(after.subarray(32)));
});

it("runs all the same if what V8 has compiled can't be kept", async () => {
  await install("words", { "main.js": `export const word = () => "one";` });
  const full = `
    import fs from "node:fs";
    import { syncBuiltinESMExports } from "node:module";
    const { writeFileSync } = fs;
    fs.writeFileSync = (file, data, ...more) => {
      const isFull = String(file).includes("compiled-") && data.length > 100;
      writeFileSync(file, isFull ? data.subarray(0, 100) : data, ...more);
      if (isFull) {
        throw new Error("ENOSPC: no space left on device, write");
      }
    };
    syncBuiltinESMExports();`;

  const { stdout, stderr } = await run(saysWord, [
    "--import",
    `data:text/javascript,${encodeURIComponent(full)}`,
  ]);

  expect({ stdout, stderr }).toEqual({ stdout: "one\n", stderr: "" });
  expect(await built(/packages\.cjs$/)).toHaveLength(1);
  expect(await built(/compiled-/)).toEqual([]);
});
