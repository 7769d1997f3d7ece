import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { memoryOf } from "#shared/run/build/cache.mjs";
import { inheritedEnvironment } from "#shared/run/environment.ts";
import { bundle } from "./bundle.ts";
import type { Bundles } from "./bundle.ts";
import { ExecutionEnvironment } from "./execution-environment.ts";

let folder: string;
let handlerFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "take a ticket "));
  handlerFile = join(folder, "handler.ts");
  writeFileSync(
    handlerFile,
    `enum Said { here = "here" }\nexport const handler = async (): Promise<Said> => Said.here;\n`,
  );
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function answerOf({ runtime, handler }: Bundles) {
  const lines: string[] = [];
  const environment = new ExecutionEnvironment({
    runtime,
    handler: handler(handlerFile),
    exportName: "handler",
    timeoutSeconds: 10,
    variables: inheritedEnvironment,
    onLine: (_source, line) => lines.push(line),
    sourceName: "function",
  });
  try {
    const isStarted = await environment.started();
    return { lines, isStarted, outcome: isStarted && (await environment.invoke("{}", { bodies: [] }, "1")) };
  } finally {
    environment.kill("stopped");
    await environment.exited;
  }
}

const runs = {
  lines: [],
  isStarted: true,
  outcome: expect.objectContaining({ kind: "answered", payload: '"here"' }),
};

// Tests may run as root, who can write anywhere, except where a path is already taken by something else.
it("a function runs where nothing can be written", async () => {
  const bundles = await bundle([handlerFile], { cache: join(handlerFile, "cache") });

  // The unbuilt TypeScript, for tsx.
  expect(bundles.handler(handlerFile).file).toBe(handlerFile);
  expect(await answerOf(bundles)).toEqual(runs);
});

it("a function runs where its runtime was built and nothing can be written any more", async () => {
  const cache = join(folder, "cache");
  await bundle([], { cache });
  mkdirSync(memoryOf(handlerFile, cache));

  const bundles = await bundle([handlerFile], { cache });

  expect(bundles.runtime.file.startsWith(cache)).toBe(true);
  expect(bundles.handler(handlerFile).file).toBe(handlerFile);
  expect(await answerOf(bundles)).toEqual(runs);
});
