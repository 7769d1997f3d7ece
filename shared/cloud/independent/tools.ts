import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "#shared/listen.ts";
import { eventually } from "#shared/stage/eventually.ts";

const run = promisify(execFile);

// Programs of others, in Python: they know AWS and not us. None is needed to use the project.
const python = process.platform === "win32" ? "python" : "python3";

async function answers(command: string, ...args: string[]): Promise<boolean> {
  try {
    await run(command, args, { timeout: 60_000 });
    return true;
  } catch {
    return false;
  }
}

interface Tools {
  cfnLint: boolean;
  translator: boolean;
  moto: boolean;
}

/** Which of them this machine has; says in a line which it lacks, and what is not checked then. */
export async function findTools(): Promise<Tools> {
  const [cfnLint, translator, moto] = await Promise.all([
    answers("cfn-lint", "--version"),
    answers(python, "-c", "import samtranslator, boto3"),
    answers(python, "-c", "import moto.server"),
  ]);
  const lacking = [
    ...(cfnLint ? [] : ["cfn-lint"]),
    ...(translator ? [] : ["aws-sam-translator with boto3"]),
    ...(moto ? [] : ["moto[server]"]),
  ];
  if (lacking.length > 0) {
    console.log(
      `Not on this machine, so its checks are skipped: ${lacking.join(", ")} (Python packages, pip install)`,
    );
  }
  return { cfnLint, translator, moto };
}

/** What a linter says, line by line, by file; nothing if all is well. In one run: most of it is the linter's own start. */
export async function lint(files: readonly string[]): Promise<Map<string, string[]>> {
  // It ends with a code that is not 0 when it has something to say.
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

const translated = new Map<string, Promise<CloudFormationTemplate>>();

/** A SAM template as the CloudFormation that AWS would make of it, once for each file. Throws with the translator's own words. */
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

// It ends when its input does, so also when its parent was killed.
const motoWithWatchdog = `
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from moto.server import main
main(sys.argv[1:])
`;

/** What moto listens on, and its end. */
export interface Moto {
  url: string;
  stop: () => Promise<void>;
}

/** Starts moto_server on a free port of this machine; resolves once it answers. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const child = spawn(python, ["-c", motoWithWatchdog, "-H", "127.0.0.1", "-p", String(port)], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  const gone = once(child, "exit");
  const url = `http://127.0.0.1:${port}`;
  try {
    await eventually(async () => (await fetch(`${url}/moto-api/`)).ok, { withinMs: 30_000 });
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
  return {
    url,
    stop: async () => {
      child.kill("SIGKILL");
      await gone;
    },
  };
}
