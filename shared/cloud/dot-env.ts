import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "#shared/run/chapters.ts";
import { UsageError } from "#shared/command.ts";

/**
 * The shell's variables, and below them those of .env, which git doesn't see, or of the file that DOT_ENV_FILE names. A line
 * without a value says nothing.
 */
export function readDotEnv(): NodeJS.ProcessEnv {
  // oxlint-disable-next-line node/no-process-env -- the SDK's clients read it, and nothing else
  const { env } = process;
  const file = env["DOT_ENV_FILE"] ?? join(projectFolder, ".env");
  if (existsSync(file)) {
    process.loadEnvFile(file);
  }
  // Said once in the README rather than by every command.
  env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  // As .env.example has them. sam would look for a profile of the name "".
  for (const name of ["AWS_PROFILE", "AWS_REGION"]) {
    if (env[name] === "") {
      delete env[name];
    }
  }
  return env;
}

/** A key of the deployed system. Throws a {@link UsageError} that has a new one in it. */
export function needKey(name: string, env: NodeJS.ProcessEnv): string {
  const key = env[name] ?? "";
  if (!/^[\w-]{20,200}$/.test(key)) {
    throw new UsageError(
      `Expected ${name} in .env, at least 20 letters and digits, got ${key === "" ? "none" : "another"}; where nothing is deployed yet, this one is new: ${name}=${randomBytes(24).toString("base64url")}`,
    );
  }
  return key;
}
