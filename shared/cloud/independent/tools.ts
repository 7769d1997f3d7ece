import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "#shared/listen.ts";
import { projectFolder } from "#shared/run/chapters.ts";
import { endsWithin } from "#shared/run/child-process.ts";
import { inheritedEnvironment } from "#shared/run/environment.ts";
import { eventually } from "#shared/stage/eventually.ts";
import { samEnvironment } from "../deploy.ts";

const run = promisify(execFile);

// Other people's programs in Python, which know AWS and nothing of this project. You don't need them to use the project.
const python = process.platform === "win32" ? "python" : "python3";

/** The package name of each, and the modules that it needs. */
const packages = {
  cfnLint: ["cfn-lint", "cfnlint"],
  translator: ["aws-sam-translator with boto3", "samtranslator", "boto3"],
  moto: ["moto[server]", "moto", "flask", "flask_cors"],
  sam: ["aws-sam-cli", "samcli"],
  miniStack: ["ministack", "ministack"],
} satisfies Record<string, [name: string, ...modules: string[]]>;

type Tools = Record<keyof typeof packages, boolean>;

// Looked up, not loaded: loading them takes two seconds of CPU time in each test file.
const findModules = `
import importlib.util, json, sys
print(json.dumps([all(importlib.util.find_spec(name) for name in names) for names in json.loads(sys.argv[1])]))
`;

/** Which of them are installed. Prints a line for each missing one, with what is not checked then. */
export async function findTools(): Promise<Tools> {
  const names = Object.keys(packages) as (keyof Tools)[];
  const modules = names.map((name) => packages[name].slice(1));
  const found = await run(python, ["-c", findModules, JSON.stringify(modules)]).then(
    ({ stdout }) => JSON.parse(stdout) as boolean[],
    () => [],
  );
  const tools = Object.fromEntries(names.map((name, index) => [name, found[index] === true])) as Tools;
  const lacking = names.filter((name) => !tools[name]).map((name) => packages[name][0]);
  if (lacking.length > 0) {
    console.log(
      `Not on this machine, so its checks are skipped: ${lacking.join(", ")} (Python packages, pip install)`,
    );
  }
  return tools;
}

/** The linter's complaints, line by line, by file. Empty if there are none. One run for all files: most of it is the linter's start. */
export async function lint(files: readonly string[]): Promise<Map<string, string[]>> {
  // It exits with another code than 0 if it has complaints.
  const { stdout } = await run("cfn-lint", ["--format", "parseable", "--", ...files]).catch(
    (error: { stdout?: string; message: string }) => ({ stdout: error.stdout || error.message }),
  );
  const lines = stdout.split("\n").filter((line) => line.trim() !== "");
  const isOf = (file: string) => (line: string) => line.startsWith(`${file}:`);
  const found = new Map(files.map((file) => [file, lines.filter(isOf(file))]));
  const others = lines.filter((line) => !files.some((file) => isOf(file)(line)));
  if (others.length > 0) {
    throw new Error(`Expected cfn-lint to speak of its files, got: ${others.join("\n")}`);
  }
  return found;
}

/** How a SAM CLI command ended, and its output. */
export interface SamAnswer {
  code: number;
  said: string;
}

/** Runs SAM CLI commands one after the other, with the variables that `npm run cloud deploy` uses. `home` is for sam's own files. */
export async function sam(
  commands: readonly (readonly string[])[],
  { home, env }: { home: string; env: Readonly<Record<string, string>> },
): Promise<SamAnswer[]> {
  const script = fileURLToPath(new URL("sam.py", import.meta.url));
  const { stdout } = await run(python, [script, JSON.stringify(commands)], {
    cwd: projectFolder,
    env: samEnvironment({ ...inheritedEnvironment(), ...env, __SAM_CLI_APP_DIR: home }),
    maxBuffer: 10_000_000,
  });
  return JSON.parse(stdout) as SamAnswer[];
}

const translated = new Map<string, Promise<CloudFormationTemplate>>();

/** The CloudFormation that AWS would make of a SAM template, computed once per file. Throws the translator's message. */
export function translate(
  file: string,
  code: { bucket: string; key: string },
): Promise<CloudFormationTemplate> {
  const key = JSON.stringify([file, code]);
  const translation = translated.get(key) ?? translateOnce(file, code);
  translated.set(key, translation);
  return translation;
}

async function translateOnce(
  file: string,
  code: { bucket: string; key: string },
): Promise<CloudFormationTemplate> {
  const script = fileURLToPath(new URL("translate.py", import.meta.url));
  const { stdout } = await run(python, [script, file, code.bucket, code.key], {
    maxBuffer: 10_000_000,
  });
  return JSON.parse(stdout) as CloudFormationTemplate;
}

export interface CloudFormationTemplate {
  Parameters?: Record<string, { Default?: unknown }>;
  Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>;
  Outputs?: Record<string, unknown>;
}

/** A running emulator of AWS, written by others. */
export interface Emulator {
  url: string;
  stop: () => Promise<void>;
}

interface EmulatorOptions {
  /** Python code that serves until it is stopped. */
  program: string;
  words: (port: string) => string[];
  /** `folder` is removed when it has ended. */
  env?: (port: string, folder: string) => Record<string, string>;
  /** A path that answers once it is ready. */
  readyPath: string;
}

// It ends when its input does, even if its parent was killed.
const watchdog = `
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
`;

/** Starts moto_server on a free port of this machine. Resolves once it answers. */
export const startMoto = (): Promise<Emulator> =>
  startEmulator({
    program: "from moto.server import main\nmain(sys.argv[1:])",
    words: (port) => ["-H", "127.0.0.1", "-p", port],
    readyPath: "/moto-api/",
  });

/** Starts MiniStack on a free port of this machine. Resolves once it answers. Its functions run in this machine's Node. */
export const startMiniStack = (): Promise<Emulator> =>
  startEmulator({
    program: "from ministack.app import main\nmain()",
    words: () => [],
    env: (port, folder) => ({
      GATEWAY_PORT: port,
      STATE_DIR: folder,
      // By default it listens on every address of the machine.
      BIND_HOST: "127.0.0.1",
      MINISTACK_HOST: "127.0.0.1",
      LOG_LEVEL: "WARNING",
    }),
    readyPath: "/_ministack/health",
  });

// Both take seconds. Beside cfn-lint and a browser, on a machine with a load of 30, one was not ready after 30 s.
const readyWithinMs = 50_000;
// It ends its functions' processes first.
const stopWithinMs = 5_000;

async function startEmulator({
  program,
  words,
  env = () => ({}),
  readyPath,
}: EmulatorOptions): Promise<Emulator> {
  const port = String(await freePort());
  const temporary = await mkdtemp(join(tmpdir(), "take a ticket emulator "));
  const child = spawn(python, ["-c", `${watchdog}${program}`, ...words(port)], {
    env: { ...inheritedEnvironment(), TMPDIR: temporary, ...env(port, temporary) },
    stdio: ["pipe", "ignore", "ignore"],
  });
  const gone = once(child, "exit");
  const stop = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    if (!(await endsWithin(gone, stopWithinMs))) {
      child.kill("SIGKILL");
      await gone;
    }
    await rm(temporary, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await eventually(async () => (await fetch(`${url}${readyPath}`)).ok, { withinMs: readyWithinMs });
  } catch (error) {
    await stop("SIGKILL");
    throw error;
  }
  return { url, stop: () => stop("SIGTERM") };
}

/** Puts something into an emulator's S3: a bucket by its name, or an object by `BUCKET/KEY`. */
export async function putIntoS3({ url }: Emulator, path: string, body?: Uint8Array): Promise<void> {
  const response = await fetch(`${url}/${path}`, {
    method: "PUT",
    headers: {
      // Emulators don't check signatures, but read the service's name from them.
      authorization:
        "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=none",
    },
    ...(body !== undefined && { body: Buffer.from(body) }),
  });
  if (!response.ok) {
    throw new Error(`Expected S3 to take ${path}, got ${response.status}: ${await response.text()}`);
  }
}

/** Packs files without their folders, as the code of a Lambda function. */
export async function zip(target: string, files: readonly string[]): Promise<void> {
  await run(python, ["-m", "zipfile", "-c", target, ...files]);
}
