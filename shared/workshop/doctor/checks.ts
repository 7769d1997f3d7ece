import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { Server } from "node:net";
import os from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { clockDifferenceMs } from "#shared/clock-difference.ts";
import { listen } from "#shared/listen.ts";
import { startLocalAws } from "#shared/local-aws/start.ts";
import type { LocalAws } from "#shared/local-aws/start.ts";
import { projectFolder } from "#shared/run/chapters.ts";
import { dynamoDbAt, sqsAt } from "#shared/run/local-clients.ts";

/** The result of a check. `fix` says what to do about a problem, `note` what a good result means. */
export interface Diagnosis {
  name: string;
  found: string;
  fix?: string;
  note?: string;
}

type Judgement = Omit<Diagnosis, "name">;
type Environment = Readonly<Record<string, string | undefined>>;

/** Examines the machine. Never rejects: a check that throws is a finding. */
export async function examine(env: Environment): Promise<Diagnosis[]> {
  const checks: [string, () => Promise<Judgement>][] = [
    ["Node", async () => judgeNode(process.versions.node)],
    ["binaries", binaries],
    ["write access", writeAccess],
    ["free ports", freePorts],
    ["clock", clock],
    ["memory", async () => judgeMemory(process.availableMemory())],
    ["AWS settings", async () => describeSettings(env)],
    ["embedded AWS", smokeTest],
  ];
  const findings: Diagnosis[] = [];
  // One after another, since the smoke test also measures a time.
  for (const [name, check] of checks) {
    findings.push({ name, ...(await check().catch(unexpected)) });
  }
  return findings;
}

const unexpected = (error: unknown) => ({
  found: error instanceof Error ? error.message : String(error),
  fix: "This should not happen: delete the folder node_modules, type `npm ci`, and try again.",
});

/** The versions in package.json's `engines`: 20.19 or later of 20, or 22.12 and later. */
export function judgeNode(version: string): Judgement {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isRight = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  const fix = "Install Node 24 from https://nodejs.org, open a new terminal, and type `npm ci` again.";
  return isRight ? { found: version } : { found: `${version}, expected 20.19 or 22.12 or newer`, fix };
}

const sdkWarning = "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED";
const megabyte = 2 ** 20;
const neededMegabytes = 1_000;

/** A chapter with functions takes about ten processes. */
export function judgeMemory(bytes: number): Judgement {
  const free = Math.round(bytes / megabyte);
  const found = `${free} MB free`;
  return free >= neededMegabytes
    ? { found }
    : { found, fix: `Expected at least ${neededMegabytes} MB: close a browser, or another large program.` };
}

const endpoints = ["AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL_DYNAMODB"];

/**
 * The terminal's AWS_* variables by name, since a value may be a secret. Only two of them change what a chapter runs on. The others
 * are for commands that use an account because you asked them to.
 */
export function describeSettings(env: Environment): Judgement {
  const set = Object.keys(env).filter((name) => name.startsWith("AWS_") && name !== sdkWarning);
  const elsewhere = endpoints.filter((name) => set.includes(name));
  const others = set.filter((name) => !endpoints.includes(name));
  const notes = [
    elsewhere.length > 0 &&
      `${elsewhere.join(" and ")}: \`npm run chapter\` runs on the emulator that they name; unset them for the embedded AWS. Other commands don't use them.`,
    others.length > 0 && `${others.join(", ")}: only commands with \`real-aws\` use such settings.`,
  ].filter((note) => note !== false);
  return set.length === 0
    ? { found: "none in this terminal" }
    : { found: `${set.length} in this terminal`, note: notes.join(" ") };
}

async function binaries(): Promise<Judgement> {
  const missing: string[] = [];
  // Imported by name, so that a missing package is a finding and doesn't keep this program from starting.
  for (const name of ["@napi-rs/canvas", "classic-level", "esbuild"]) {
    await import(name).catch(() => missing.push(name));
  }
  const system = `${os.platform()} ${os.arch()}`;
  if (missing.length === 0) {
    return { found: system };
  }
  const onWindowsOnArm = os.platform() === "win32" && os.arch() === "arm64";
  const fix = onWindowsOnArm
    ? "classic-level has none for Windows on ARM: install Node for x64, which Windows can run there, and type `npm ci`."
    : "Delete the folder node_modules and type `npm ci` on this very machine: a copied folder has another system's binaries.";
  return { found: `none for ${system}: ${missing.join(", ")}`, fix };
}

async function writeAccess(): Promise<Judgement> {
  for (const parent of [projectFolder, join(projectFolder, "node_modules"), os.tmpdir()]) {
    try {
      const folder = await mkdtemp(join(parent, ".doctor-"));
      await writeFile(join(folder, "a file"), "a");
      await rm(folder, { recursive: true });
    } catch (error) {
      const { code = "an error" } = error as NodeJS.ErrnoException;
      return {
        found: `${code} in ${parent}`,
        fix: "Free some space, or move the project to a folder of your own (not one that a cloud keeps in step).",
      };
    }
  }
  return { found: "here and in the folder for temporary files" };
}

const portsOfAChapter = 8;

async function freePorts(): Promise<Judgement> {
  const servers: Server[] = [];
  try {
    for (let at = 0; at < portsOfAChapter; at += 1) {
      const server = createServer();
      servers.push(server);
      await listen(server);
    }
    return { found: `${portsOfAChapter} on 127.0.0.1` };
  } catch (error) {
    const { code = "an error" } = error as NodeJS.ErrnoException;
    return {
      found: `${code} on 127.0.0.1`,
      fix: "Let programs listen on 127.0.0.1: a firewall or a VPN may forbid it.",
    };
  } finally {
    servers.forEach((server) => server.close());
  }
}

const watchedMs = 200;
const driftAllowedMs = 20;
// The project is not older than this.
const earliestMs = Date.UTC(2026, 0, 1);

async function clock(): Promise<Judgement> {
  const before = clockDifferenceMs();
  await sleep(watchedMs);
  const driftMs = Math.abs(clockDifferenceMs() - before);
  const now = new Date();
  const fix = "Set this machine's clock, let the system keep it by itself, and wait until it is done.";
  if (now.getTime() < earliestMs) {
    return { found: `it says ${now.toISOString().slice(0, 10)}`, fix };
  }
  return driftMs > driftAllowedMs
    ? { found: `it moved by ${Math.round(driftMs)} ms in ${watchedMs} ms`, fix }
    : { found: `it says ${now.toISOString().slice(0, 16).replace("T", " ")} UTC, and runs evenly` };
}

/** Starts the embedded AWS with chapter 03's queue and tables, and sends a message through it. */
async function smokeTest(): Promise<Judgement> {
  const startedAtMs = performance.now();
  let aws: LocalAws | undefined;
  try {
    aws = await startLocalAws({ templateFile: join(projectFolder, "chapters", "03-queue", "template.yaml") });
    await sendThrough(aws);
    const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
    return { found: `starts and passes a message on, in ${seconds} s` };
  } catch (error) {
    return {
      found: error instanceof Error ? error.message : String(error),
      fix: "Fix what is above first; else delete the folder node_modules and type `npm ci`.",
    };
  } finally {
    await aws?.stop();
  }
}

async function sendThrough({ sqsUrl, dynamoDbUrl, outputs }: LocalAws): Promise<void> {
  const [sqs, dynamoDb] = [sqsAt(sqsUrl), dynamoDbAt(dynamoDbUrl)];
  const queue = { QueueUrl: outputs["QUEUE_URL"] };
  try {
    await sqs.send(new SendMessageCommand({ ...queue, MessageBody: "well?" }));
    const { Messages: messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ ...queue, WaitTimeSeconds: 2 }),
    );
    const [message] = messages;
    if (message?.Body !== "well?") {
      throw new Error("A message was sent to the embedded queue, and did not come back");
    }
    await sqs.send(new DeleteMessageCommand({ ...queue, ReceiptHandle: message.ReceiptHandle }));
    const { TableNames: tables = [] } = await dynamoDb.send(new ListTablesCommand({}));
    if (tables.length < 2) {
      throw new Error(`Expected chapter 03's two tables in the embedded DynamoDB, found ${tables.length}`);
    }
  } finally {
    sqs.destroy();
    dynamoDb.destroy();
  }
}
