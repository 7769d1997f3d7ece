import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { build } from "#shared/run/build/build.ts";

/** A command with this body as its main function, as a separate process, built as `npm run` builds it. */
async function start(body: string) {
  const folder = mkdtempSync(join(tmpdir(), "take a ticket "));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "main.ts");
  const shared = join(import.meta.dirname, "command.ts");
  writeFileSync(
    file,
    `import { onStopSignal, runCommand } from ${JSON.stringify(shared)};\nrunCommand(async () => {\n${body}\n});\n`,
  );
  const built = await build(file, { cache: join(folder, "cache") });
  const child = spawn(process.execPath, [...built.execArgv, built.file], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const [stdout, errors] = [child.stdout as Readable, child.stderr as Readable];
  let stderr = "";
  errors.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return { child, stdout, ended: once(child, "close").then(([code]) => ({ code: code as number, stderr })) };
}

test("doesn't print control characters", async () => {
  const { ended } = await start(`throw new Error("got \\u001b[2Jand \\u0007");`);

  expect(await ended).toEqual({ code: 1, stderr: "got ?[2Jand ?\n" });
});

test("adds what to do to the system's own error", async () => {
  const { ended } = await start(
    `throw Object.assign(new Error("EROFS: read-only file system, mkdir"), { code: "EROFS", path: "/x/.running" });`,
  );

  const { code, stderr } = await ended;
  expect([code, stderr.replaceAll(/\s+/g, " ")]).toEqual([
    1,
    "Expected to read or write /x/.running, got EROFS; its disk is for reading only; run this elsewhere. ",
  ]);
});

test("a command that waits for what can't come any more says so, and has failed", async () => {
  const { ended } = await start(`await new Promise(() => {});`);

  const { code, stderr } = await ended;
  expect([code, stderr.replaceAll(/\s+/g, " ")]).toEqual([1, expect.stringContaining("start it again. ")]);
});

test("an error without a message of its own is told by those that it is made of, or by its name", async () => {
  const both = await start(`throw new AggregateError([new Error("the first"), new Error("the second")]);`);
  const none = await start(`throw new RangeError();`);

  expect(await both.ended).toEqual({ code: 1, stderr: "the first; the second\n" });
  expect(await none.ended).toEqual({ code: 1, stderr: "RangeError\n" });
});

const endings = [
  ["ends at once if there is nothing to stop", "", 141],
  ["is asked to stop if there is something", "onStopSignal(() => process.exit(7));", 7],
] as const;
const onAndOn = (body: string) => start(`${body}\nsetInterval(() => console.log("on and on"), 10);`);

// Windows tells a writer differently that no one reads.
test.skipIf(process.platform === "win32").each(endings)(
  "a command whose reader has gone %s, without a stack",
  async (_what, body, exitCode) => {
    const { stdout, ended } = await onAndOn(body);

    await once(stdout, "data");
    stdout.destroy();

    expect(await ended).toEqual({ code: exitCode, stderr: "" });
  },
);

test.each(endings)("a command whose starter has gone %s", async (_what, body, exitCode) => {
  const { child, stdout } = await onAndOn(body);

  await once(stdout, "data");
  child.disconnect();

  expect(await once(child, "exit")).toEqual([exitCode, null]);
});

test.each([
  ["ends at once if there is nothing to stop", "", 141],
  ["is asked to stop", "onStopSignal(() => process.exit(7));", 7],
  ["isn't asked again if it stops already", "onStopSignal(() => asked++); process.emit('SIGTERM');", 1],
])("a command whose npm has gone %s", async (_what, body, exitCode) => {
  const { ended } = await start(
    `let asked = 0;\n${body}\nprocess.emit("starter gone");\nprocess.exit(asked);`,
  );

  expect((await ended).code).toBe(exitCode);
});

test("a command that has done its work ends, even if its starter still runs", async () => {
  const { ended } = await start("");

  expect(await ended).toEqual({ code: 0, stderr: "" });
});
