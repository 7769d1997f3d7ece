import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

/** A command whose main function has this body, as a process of its own. */
function start(body: string) {
  const folder = mkdtempSync(join(tmpdir(), "take a ticket "));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "main.ts");
  const shared = new URL("./command.ts", import.meta.url).href;
  writeFileSync(
    file,
    `import { onStopSignal, runCommand } from ${JSON.stringify(shared)};\nrunCommand(async () => {\n${body}\n});\n`,
  );
  const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), file], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return { child, ended: once(child, "close").then(([code]) => ({ code: code as number, stderr })) };
}

test("what a terminal would obey is not printed", async () => {
  const { ended } = start(`throw new Error("got \\u001b[2Jand \\u0007");`);

  expect(await ended).toEqual({ code: 1, stderr: "got ?[2Jand ?\n" });
});

test("the system's own error says what to do", async () => {
  const { ended } = start(
    `throw Object.assign(new Error("EROFS: read-only file system, mkdir"), { code: "EROFS", path: "/x/.running" });`,
  );

  const { code, stderr } = await ended;
  expect([code, stderr.replaceAll(/\s+/g, " ")]).toEqual([
    1,
    "Expected to read or write /x/.running, got EROFS; its disk is for reading only; run this elsewhere. ",
  ]);
});

// Windows tells a writer in another way that nobody reads.
test.skipIf(process.platform === "win32").each([
  ["ends at once if there is nothing to stop", "", 141],
  ["is asked to stop if there is something", "onStopSignal(() => process.exit(7));", 7],
])("a command whose reader has gone %s, without a stack", async (_what, body, exitCode) => {
  const { child, ended } = start(`${body}\nsetInterval(() => console.log("on and on"), 10);`);

  await once(child.stdout, "data");
  child.stdout.destroy();

  expect(await ended).toEqual({ code: exitCode, stderr: "" });
});
