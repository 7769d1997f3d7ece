import { readFileSync } from "node:fs";
import type { KnipConfig } from "knip";

const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
// The files that shared/run/build/start.mjs runs, which knip can't see.
const commands = Object.values(scripts).flatMap((script) => /start\.mjs (\S+)/.exec(script)?.[1] ?? []);

// Everything that runs after `npm ci --omit=dev`. `knip --production --strict` lets it import nothing that only tests and lint need.
const inProduction = [
  ...commands,
  "chapters/*/{main,worker,handler,redrive,store,api-function,vendor-function}.ts",
  "chapters/*/*.start.ts",
  "shared/local-aws/{main,lambda/runtime}.ts",
  "shared/local-aws/lambda/watchdog.mjs",
  "shared/local-aws/conformance/main.ts",
  "shared/vendor-simulator/main.ts",
  "shared/run/end-with-launcher.mjs",
  "shared/run/build/packages.mjs",
  "bench/load/{sending-process.ts,alarm-thread.mjs}",
  "bench/truth/truth-server.ts",
  "bench/speed/answer-time/subject.ts",
  "bench/speed/embedded-aws/{*,warm/handler}.ts",
  "bench/speed/live-page/server.ts",
  "bench/telling/report/live/main.ts",
  "shared/picture/page/{live,replay}.ts",
  "slides/page/main.ts",
];
const elsewhere = [
  "shared/{run,local-aws/conformance}/fixtures/**/*.ts",
  "bench/testing/*-server.ts",
  ".ci/*.{ts,mjs}",
];

export default {
  entry: [...inProduction.map((pattern) => `${pattern}!`), ...elsewhere],
  ignoreBinaries: ["sam", "mkfifo"],
  ignoreDependencies: ["@fontsource/inter", "axe-core"],
  project: ["**/*.{ts,mjs}!", "!**/*.test.ts!", "!**/testing/**!"],
} satisfies KnipConfig;
