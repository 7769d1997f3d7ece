import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { UsageError } from "#shared/command.ts";
import { projectFolder } from "#shared/run/chapters.ts";

/** The account that a command works on. */
interface CloudAccount {
  account: string;
  region: string;
  /** The caller's identity, as AWS knows it. */
  arn: string;
  /** An emulator that the SDK's variables name. */
  endpoint?: string;
}

interface AccountChoice {
  realAws: boolean;
  profile?: string | undefined;
  region?: string | undefined;
  env: NodeJS.ProcessEnv;
}

/**
 * Makes sure that the user allows AWS to be used, and as which identity. Writes profile and region into `env`, where every SDK
 * client of this process finds them, and removes keys if there is a profile. Throws a {@link UsageError} without that permission,
 * credentials, or a region.
 */
export async function askAccount({ realAws, profile, region, env }: AccountChoice): Promise<CloudAccount> {
  if (!realAws && profile === undefined) {
    throw new UsageError(
      "Expected `real-aws` (your usual credentials) or `profile=NAME`, got neither: nothing reaches AWS unless it is asked to.",
    );
  }
  if (profile !== undefined) {
    env["AWS_PROFILE"] = profile;
  }
  if (env["AWS_PROFILE"] !== undefined) {
    // With both, our clients would use the profile and sam the keys: two accounts, of which we show one.
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]) {
      delete env[name];
    }
  }
  const place = region ?? env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"];
  if (place !== undefined) {
    if (!/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(place)) {
      throw new UsageError(`Expected a region such as eu-central-1, got \`${place}\`.`);
    }
    env["AWS_REGION"] = place;
  }
  const sts = new STSClient({});
  try {
    const found = await sts.config.region();
    const { Account: account = "", Arn: arn = "" } = await sts.send(new GetCallerIdentityCommand({}));
    const endpoint = env["AWS_ENDPOINT_URL"];
    return { account, arn, region: found, ...(endpoint !== undefined && { endpoint }) };
  } catch (error) {
    throw new UsageError(explain(error));
  }
}

/**
 * The shell's variables, and below them those of .env, which git ignores, or of the file that DOT_ENV_FILE names. Ignores lines
 * without a value.
 */
export function readDotEnv(): NodeJS.ProcessEnv {
  // oxlint-disable-next-line node/no-process-env -- only the SDK's clients read it
  const { env } = process;
  const file = env["DOT_ENV_FILE"] ?? join(projectFolder, ".env");
  if (existsSync(file)) {
    process.loadEnvFile(file);
  }
  // The README says it once, instead of every command.
  env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  // .env.example has empty ones. sam would look for a profile with an empty name.
  for (const name of ["AWS_PROFILE", "AWS_REGION"]) {
    if (env[name] === "") {
      delete env[name];
    }
  }
  return env;
}

/** A key of the deployed system. If it is missing, throws a {@link UsageError} that contains a new one. */
export function needKey(name: string, env: NodeJS.ProcessEnv): string {
  const key = env[name] ?? "";
  if (!/^[\w-]{20,200}$/.test(key)) {
    throw new UsageError(
      `Expected ${name} in .env, at least 20 letters and digits, got ${key === "" ? "none" : "another"}; where nothing is deployed yet, this one is new: ${name}=${randomBytes(24).toString("base64url")}`,
    );
  }
  return key;
}

const ofAccount = [
  "AWS_REGION",
  "AWS_PROFILE",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_CONFIG_FILE",
  "AWS_SHARED_CREDENTIALS_FILE",
  "AWS_ENDPOINT_URL",
  "AWS_ENDPOINT_URL_SQS",
  "AWS_ENDPOINT_URL_DYNAMODB",
  "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED",
];

/** The variables that lead another process of ours to the same account. */
export const accountVariables = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(ofAccount.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));

/** Asks the user, unless `isSure`. Throws a {@link UsageError} for every answer but yes, and without a keyboard. */
export async function confirm(question: string, isSure: boolean): Promise<void> {
  if (isSure) {
    return;
  }
  if (!process.stdin.isTTY) {
    throw new UsageError(
      `Expected a yes to "${question}", but there is no keyboard to ask; add the word \`yes\`. Nothing was changed.`,
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  // Ctrl-C and Ctrl-D close it, and the question would wait forever.
  const closed = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
  const answer = await Promise.race([terminal.question(`${question} (yes/no) `), closed]).finally(() =>
    terminal.close(),
  );
  if (answer.trim().toLowerCase() !== "yes") {
    throw new UsageError("Nothing was changed.");
  }
}

/** Runs `work`. Turns errors of AWS, or of the connection to it, into one sentence; rethrows our own bugs. */
export async function explained<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const isOfAws = error instanceof Error && ("$metadata" in error || isOfNetwork(error));
    throw isOfAws ? new Error(explain(error), { cause: error }) : error;
  }
}

/** One sentence for an error of AWS or of the connection to it. */
function explain(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const code = codeOf(error);
  if (/CredentialsProviderError|CouldNotLoadCredentials/.test(name)) {
    return "Expected credentials for AWS, found none; `aws sso login` or AWS_PROFILE in .env (see .env.example) gives them.";
  }
  if (/Region is missing/.test(message)) {
    return "Expected a region, found none; write `region=eu-central-1` or set AWS_REGION in .env.";
  }
  if (
    /ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidAccessKey/.test(name)
  ) {
    return `AWS does not take these credentials (${name}); sign in again, or choose another profile.`;
  }
  if (/AccessDenied|UnauthorizedOperation|NotAuthorized/.test(name)) {
    return `These credentials may not do that: ${message}`;
  }
  if (/Throttl|TooManyRequests|RequestLimit|SlowDown/.test(name)) {
    return `AWS asks to be asked less often (${name}); nothing was changed by this request: try again in a minute.`;
  }
  if (code !== undefined && notFound.includes(code)) {
    return "AWS was not found under that name: is the region right (`region=eu-central-1`), and the network there?";
  }
  if (isOfNetwork(error)) {
    return `AWS could not be reached (${code ?? name}); check the network, and AWS_ENDPOINT_URL if it is set.`;
  }
  return `AWS answered ${name}: ${message}`;
}

const notFound = ["ENOTFOUND", "EAI_AGAIN"];
const notReached = ["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENETUNREACH", "EHOSTUNREACH"];

function isOfNetwork(error: unknown): boolean {
  const code = codeOf(error) ?? "";
  const timedOut = error instanceof Error && error.name === "TimeoutError";
  return timedOut || [...notFound, ...notReached].includes(code);
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) {
    return undefined;
  }
  return "code" in error && typeof error.code === "string" ? error.code : codeOf(error.cause);
}
