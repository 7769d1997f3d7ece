import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { close, listen } from "#shared/listen.ts";
import { otherProject } from "#shared/testing/other-project.ts";

const start = join(import.meta.dirname, "start.mjs");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "take-a-ticket-start-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const run = (
  file: string,
  words: readonly string[] = [],
  env: Record<string, string> = {},
  through: readonly string[] = [start],
) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      ["--enable-source-maps", ...through, file, ...words],
      // oxlint-disable-next-line node/no-process-env -- the user's variables, and more
      { env: { ...process.env, ...env } },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });

it("runs a command with its words, the first time and again, and rebuilds it once it has changed", async () => {
  const file = join(folder, "command.ts");
  const write = (text: string) =>
    writeFile(file, `const said: string = "${text}"; console.log(said, process.argv.slice(2));`);
  await write("one");
  const first = await run(file, ["03", "runs=3"]);
  const second = await run(file, ["03", "runs=3"]);
  await write("other");
  const changed = await run(file);

  expect(first).toEqual({ code: 0, stdout: "one [ '03', 'runs=3' ]\n", stderr: "" });
  expect(second).toEqual(first);
  expect(changed.stdout).toBe("other []\n");
});

it("says where the mistake is in a command that can't be compiled, without a stack", async () => {
  const file = join(folder, "command.ts");
  await writeFile(file, "const half = {;\n");

  const { code, stderr } = await run(file);

  expect(code).toBe(1);
  expect(stderr).toMatch(/command\.ts:1:15: /);
  expect(stderr).toContain("const half = {;");
  expect(stderr).not.toMatch(/^\s+at /m);
});

// Node 20 uses no proxy anyway.
it("uses no proxy for what runs on this machine", async () => {
  const server = createServer((_request, response) => response.end("here"));
  const { url } = await listen(server);
  const file = join(folder, "command.ts");
  await writeFile(file, `console.log(await (await fetch(${JSON.stringify(url)})).text());`);

  const { stdout, stderr } = await run(file, [], {
    NODE_USE_ENV_PROXY: "1",
    HTTP_PROXY: "http://127.0.0.1:9",
    http_proxy: "http://127.0.0.1:9",
  });
  await close(server);

  expect({ stdout, stderr }).toEqual({ stdout: "here\n", stderr: "" });
});

/** Node's words to run on a disk that fills up while a file like this is written. */
const fullDisk = (what: RegExp) => {
  const script = `
    import fs from "node:fs";
    import { syncBuiltinESMExports } from "node:module";
    const { writeFileSync } = fs;
    const full = () => { throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", syscall: "write" }); };
    fs.writeFileSync = (file, text, ...more) => {
      writeFileSync(file, ${what}.test(file) ? "half" : text, ...more);
      if (${what}.test(file)) full();
    };
    fs.promises.mkdtemp = async () => full();
    syncBuiltinESMExports();`;
  return ["--import", `data:text/javascript,${encodeURIComponent(script)}`];
};

it("runs under tsx on a full disk, says why, and leaves nothing half-written", async () => {
  const { start: other, cache } = await otherProject(folder);
  const file = join(folder, "command.ts");
  await writeFile(file, `const said: string = "one"; console.log(said);`);
  const nothingLeft = async () => (await readdir(cache)).filter((name) => !/^builder-\w+\.mjs$/.test(name));

  const full = await run(file, [], {}, [...fullDisk(/builder/), other]);
  const left = await readdir(cache);
  const before = await run(file, [], {}, [...fullDisk(/nothing/), other]);

  expect(full).toMatchObject({ code: 0, stdout: "one\n" });
  expect(full.stderr).toMatch(/^Expected to write .*builder.*, got: ENOSPC.* tsx .*\n/);
  expect(left).toEqual([]);
  // The builder is there, but nothing else can be written.
  expect(before).toMatchObject({ code: 0, stdout: "one\n" });
  expect(before.stderr).toMatch(/^Expected to write to .*, got: ENOSPC/);
  expect(await nothingLeft()).toEqual([]);
});
