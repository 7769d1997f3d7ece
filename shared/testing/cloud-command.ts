import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectFolder } from "#shared/run/chapters.ts";
import { inheritedEnvironment } from "#shared/run/environment.ts";
import { nodeArguments } from "./typescript.ts";

const command = join(projectFolder, "shared", "cloud", "main.ts");
const nobodysFile = join(tmpdir(), "take-a-ticket-has-no-such-file");

/** Whoever runs the tests may have an account and a .env, which no test may find. */
export const withoutOwnAccount = {
  DOT_ENV_FILE: nobodysFile,
  AWS_CONFIG_FILE: nobodysFile,
  AWS_SHARED_CREDENTIALS_FILE: nobodysFile,
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};

/** Runs `npm run cloud` without this machine's AWS settings. */
export function cloud(words: string[], env: Record<string, string> = {}) {
  return new Promise<{ code: number; said: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      nodeArguments(command, ...words),
      { cwd: projectFolder, env: { ...inheritedEnvironment(), ...withoutOwnAccount, ...env } },
      (_error, stdout, stderr) =>
        resolve({ code: child.exitCode ?? -1, said: `${stdout}${stderr}`.replaceAll(/\s+/g, " ") }),
    );
    child.stdin?.end();
  });
}

export const local = { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local", AWS_REGION: "us-east-1" };
// Nothing listens on this port: a command that tried to reach AWS would fail there, with another message.
export const nowhere = { ...local, AWS_ENDPOINT_URL: "http://127.0.0.1:9" };
