import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { projectFolder } from "#shared/run/chapters.ts";
import { inheritedEnvironment } from "#shared/run/environment.ts";

const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");

interface TestResults {
  passed: string[];
  failed: string[];
}

/** Tests an emulator against all rules that the embedded AWS keeps: see {@link runTests}. */
export const askRules = (url: string): Promise<TestResults> =>
  runTests(
    ["sqs-", "dynamodb"].map((file) => `shared/local-aws/conformance/${file}`),
    { CONFORMANCE_ENDPOINT: url, CONFORMANCE_DYNAMODB_ENDPOINT: url },
  );

/** Runs test files in a separate process, one after the other, since they share an emulator. Returns the tests' titles, and the names of broken files. */
export async function runTests(
  files: string[],
  env: Record<string, string>,
  { retries = 0 } = {},
): Promise<TestResults> {
  const words = [
    "run",
    "--project",
    "wire",
    "--no-file-parallelism",
    "--reporter",
    "json",
    `--retry=${retries}`,
    ...files,
  ];
  const child = spawn(process.execPath, [vitest, ...words], {
    cwd: projectFolder,
    env: { ...inheritedEnvironment(), AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true", ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const output = await text(child.stdout);
  const report = JSON.parse(output.slice(output.indexOf('{"'))) as {
    testResults: { name: string; status: string; assertionResults: { title: string; status: string }[] }[];
  };
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const named = (status: string) =>
    results.filter((each) => each.status === status).map(({ title }) => title);
  // A file that breaks before its first test has no failed test.
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && assertionResults.every((each) => each.status !== "failed"),
  );
  return { passed: named("passed"), failed: [...named("failed"), ...broken.map(({ name }) => name)] };
}
