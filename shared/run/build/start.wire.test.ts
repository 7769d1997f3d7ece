import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { close, listen } from "#shared/listen.ts";

const start = join(import.meta.dirname, "start.mjs");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "take-a-ticket-start-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const run = (file: string, words: readonly string[] = [], env: Record<string, string> = {}) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      ["--enable-source-maps", start, file, ...words],
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
