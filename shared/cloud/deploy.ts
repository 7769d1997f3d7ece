import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, join, relative } from "node:path";
import { GetAccountSettingsCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { Chapter } from "#shared/run/chapters.ts";
import { projectFolder, readParts } from "#shared/run/chapters.ts";
import { teachingTimes } from "#shared/run/start-aws.ts";
import { UsageError } from "#shared/command.ts";
import { needKey } from "./account.ts";
import { needWholeStack, tagKey } from "./stack.ts";
import type { FoundStack } from "./stack.ts";

// AWS keeps a hundred for all other functions. Reserving more than the rest fails in the middle of a deployment.
const unreservableConcurrency = 100;
const reservedIn08 = 22;

interface Deployment {
  chapter: Chapter;
  stackName: string;
  /** sam doesn't read AWS_REGION as our clients do, and would deploy to another region. */
  region: string;
  found: FoundStack | undefined;
  /** Use the workshop's numbers instead of those for AWS. */
  teaching: boolean;
  /** The vendor's URL for the functions of 04 to 07. */
  vendor?: string | undefined;
  env: NodeJS.ProcessEnv;
}

/** Checks everything that can be known before anything is created. Throws a {@link UsageError}. */
export async function planDeployment(options: Deployment): Promise<Record<string, string>> {
  const { chapter, found, stackName, env } = options;
  if (found) {
    needWholeStack(found, stackName);
  }
  await runSam(["--version"], env, "ignore");
  const { parameters } = readParts(chapter);
  const has = (name: string) => parameters.includes(name);
  const values: Record<string, string> = {};
  if (has("ApiKey")) {
    values["ApiKey"] = needKey("API_KEY", env);
    values["VendorKey"] = needKey("VENDOR_KEY", env);
    // An existing stack has reserved its own already.
    await (found ? undefined : needConcurrency());
  }
  if (has("VendorUrl")) {
    values["VendorUrl"] = needVendor(chapter, options.vendor);
  }
  return { ...values, ...(options.teaching && pick(teachingTimes, has)) };
}

/** Builds and deploys with AWS's SAM CLI. Throws a {@link UsageError} if that fails. */
export async function deploy(
  { chapter, stackName, region, env }: Deployment,
  values: Record<string, string>,
) {
  const buildFolder = join(".running", "sam");
  const template = relative(projectFolder, readParts(chapter).templateFile);
  await runSam(buildArguments(template, buildFolder), env);
  const overrides = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  // Anyone who can list this machine's processes sees the keys while it runs. A real system deploys from a pipeline.
  await runSam(
    [
      "deploy",
      "--template-file",
      join(buildFolder, "template.yaml"),
      "--stack-name",
      stackName,
      "--region",
      region,
      "--capabilities",
      "CAPABILITY_IAM",
      "--resolve-s3",
      "--no-confirm-changeset",
      "--no-fail-on-empty-changeset",
      "--tags",
      `${tagKey}=${stackName}`,
      ...(overrides.length > 0 ? ["--parameter-overrides", ...overrides] : []),
    ],
    env,
  );
}

/** sam's arguments to build a template's functions in place, since their packages are the project's. */
export const buildArguments = (templateFile: string, buildFolder: string): string[] => [
  "build",
  "--build-in-source",
  "--template-file",
  templateFile,
  "--build-dir",
  buildFolder,
];

function needVendor({ number }: Chapter, vendor: string | undefined): string {
  const url = vendor !== undefined && URL.canParse(vendor) ? new URL(vendor) : undefined;
  if (url?.protocol !== "https:") {
    throw new UsageError(
      `The function of ${number} needs a vendor that AWS can reach, got ${vendor === undefined ? "none" : `\`${url?.origin ?? "no URL"}\``}; ` +
        "deploy 08 and write `vendor=https://key:VENDOR_KEY@...` with its VendorUrl.",
    );
  }
  return url.href;
}

async function needConcurrency(): Promise<void> {
  const { AccountLimit: limit } = await new LambdaClient({}).send(new GetAccountSettingsCommand({}));
  const free = limit?.UnreservedConcurrentExecutions ?? Infinity;
  if (free < unreservableConcurrency + reservedIn08) {
    throw new UsageError(
      `Expected room for ${unreservableConcurrency + reservedIn08} functions at once in this account and region, got ${free}; ` +
        "new accounts begin with 10: ask for 1,000 at Service Quotas (Lambda, concurrent executions). Nothing was created.",
    );
  }
}

const pick = (values: Record<string, string>, wanted: (name: string) => boolean) =>
  Object.fromEntries(Object.entries(values).filter(([name]) => wanted(name)));

/** The variables that let sam find esbuild, which npm has installed in the project, and that turn its telemetry off. */
export const samEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...env,
  PATH: [join(projectFolder, "node_modules", ".bin"), env["PATH"] ?? ""].join(delimiter),
  SAM_CLI_TELEMETRY: "0",
});

const howToInstall =
  "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/install-sam-cli.html";

/** Runs `sam` to its end and shows its output. Throws a {@link UsageError} if sam is missing or fails. */
async function runSam(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  stdio: "inherit" | "ignore" = "inherit",
) {
  const isWindows = process.platform === "win32";
  const child = spawn("sam", [...args], {
    cwd: projectFolder,
    env: samEnvironment(env),
    stdio,
    // On Windows sam is a .cmd, which needs a shell. Nothing in `args` comes from a stranger, and names are checked.
    shell: isWindows,
  });
  const [code] = (await once(child, "exit").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") {
      throw new UsageError(
        `Expected AWS's \`sam\` on the path, found none; install it (${howToInstall}) and run the same command again.`,
      );
    }
    throw error;
  })) as [number | null];
  if (code !== 0) {
    throw new UsageError(
      `\`sam ${args[0]}\` ended with ${code ?? "a signal"}; fix what it says above. \`npm run cloud status\` shows what it created, and \`npm run cloud remove\` takes that down.`,
    );
  }
}
