// The size of 08's functions, how long their code takes to load with and without the SDK in the bundle, and what a cold start costs in
// the embedded Lambda: `npm run bench:functions`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { buildFunctions, settingsToLoad } from "#shared/cloud/bundles.ts";
import { readInspection } from "#shared/local-aws/inspection.ts";
import { projectFolder } from "#shared/run/chapters.ts";
import { inheritedEnvironment } from "#shared/run/environment.ts";
import { startChapter } from "#shared/run/start-chapter.ts";
import type { RunningChapter } from "#shared/run/running-chapter.ts";
import { usageOf } from "#shared/help/commands.ts";
import { exitCodeOfCtrlC, needWords, onStopSignal, readCommand, runCommand } from "#shared/command.ts";
import { median } from "../figures/statistics.ts";

const times = 15;
// oxlint-disable-next-line node/no-process-env -- the SDK looks for it nowhere else
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

// On Ctrl-C, what has been started ends with this process, and the folder is removed.
onStopSignal(() => process.exit(exitCodeOfCtrlC));

const usage = usageOf("bench:functions");

runCommand(async (argv, env) => {
  needWords(readCommand({ usage }, argv, env).words, [], usage);
  console.log("function             SDK    size      load: min   median   max");
  for (const sdk of ["in", "out"] as const) {
    for (const { name, code } of await buildFunctions({ sdk })) {
      const size = `${Math.round(code.length / 1_000)} kB`;
      console.log(`${name.padEnd(20)} ${sdk.padEnd(6)} ${size.padStart(7)}${spread(await loadTimes(code))}`);
    }
  }
  console.log("\nfirst answer of a new environment, by Invoke; then of the same one");
  const running = await startChapter({ folder: "08-aws", devices: 10 });
  const lambda = new LambdaClient({
    endpoint: running.lambdaUrl,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  try {
    for (const name of Object.keys(events)) {
      const [cold, warm]: [number[], number[]] = [[], []];
      for (let time = 0; time < times; time += 1) {
        cold.push(await invoke(lambda, name));
        warm.push(await invoke(lambda, name));
        await killAll(running, name);
      }
      console.log(`${name.padEnd(20)} cold          ${spread(cold)}`);
      console.log(`${name.padEnd(20)} warm          ${spread(warm)}`);
    }
  } finally {
    lambda.destroy();
    await running.stop();
  }
  console.log("Node on this machine: not AWS's cold starts, which also fetch the code.");
});

/** Repeats until none is left: one that was just starting would make the next answer a warm one. */
async function killAll({ aws, inspectUrl }: RunningChapter, name: string): Promise<void> {
  for (;;) {
    const { functions } = await readInspection(inspectUrl, "without");
    const environments = functions.find((each) => each.name === name)?.environments ?? [];
    if (environments.length === 0) {
      return;
    }
    // One that is still starting may end by itself at that moment.
    await Promise.allSettled(environments.map(({ pid }) => aws.killEnvironment(pid)));
    await sleep(50);
  }
}

/** Events that load all the code and call nothing else: a request without a key, or a batch without messages. */
const events: Record<string, object> = {
  ApiFunction: requestWithoutKey(),
  ActivationFunction: { Records: [] },
  VendorFunction: requestWithoutKey(),
};

function requestWithoutKey() {
  return {
    version: "2.0",
    rawPath: "/",
    headers: {},
    requestContext: { http: { method: "GET", path: "/" } },
  };
}

async function invoke(lambda: LambdaClient, name: string): Promise<number> {
  const beganMs = performance.now();
  const invoked = new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(events[name]) });
  const { FunctionError: failed } = await lambda.send(invoked);
  if (failed !== undefined) {
    throw new Error(
      `Expected ${name} to answer, but it failed (${failed}); \`npm run chapter 08\` shows why.`,
    );
  }
  return performance.now() - beganMs;
}

/** Each load in a new process. node_modules provides what is not in the bundle. */
async function loadTimes(code: Uint8Array): Promise<number[]> {
  const folder = mkdtempSync(join(projectFolder, "node_modules", ".bench-functions-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    const file = join(folder, "function.cjs");
    writeFileSync(file, code);
    const script = `const t = performance.now(); require(${JSON.stringify(file)}); console.log(performance.now() - t)`;
    const found: number[] = [];
    for (let time = 0; time < times; time += 1) {
      const child = spawn(process.execPath, ["-e", script], {
        env: { ...inheritedEnvironment(), ...settingsToLoad },
      });
      let output = "";
      child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
      await once(child, "close");
      found.push(Number(output));
    }
    return found;
  } finally {
    remove();
    process.off("exit", remove);
  }
}

function spread(found: readonly number[]): string {
  return [Math.min(...found), median(found) ?? Number.NaN, Math.max(...found)]
    .map((ms) => `${Math.round(ms)} ms`.padStart(9))
    .join("");
}
