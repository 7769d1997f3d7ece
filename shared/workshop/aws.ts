// `npm run aws TEMPLATE`: the embedded AWS alone, for your own client.
//   npm run aws chapters/03-queue/template.yaml
//   npm run aws chapters/04-lambda/template.yaml VendorUrl=http://127.0.0.1:8080 sqs-port=9324

import { stat } from "node:fs/promises";
import { join } from "node:path";

import { startLocalAws, type LocalAws } from "#shared/local-aws/start.ts";
import { awsEnvironment } from "#shared/run/start-aws.ts";
import { onStopSignal, readCommand, runCommand, UsageError, wrap } from "#shared/command.ts";
import { usageOf } from "#shared/help/commands.ts";

const usage = usageOf("aws");

runCommand(async (argv, env) => {
  const { words, flags } = readCommand(
    { usage, flags: { "sqs-port": "number", "dynamodb-port": "number" } },
    argv,
    env,
  );
  const parameters = words.filter((word) => word.includes("="));
  const [template, ...rest] = words.filter((word) => !word.includes("="));
  if (template === undefined || rest.length > 0) {
    throw new UsageError(
      `Expected one template, got ${rest.length + (template ? 1 : 0)}; write \`${usage}\`.`,
    );
  }

  const aws = await startLocalAws({
    templateFile: await fileOf(template),
    parameters: Object.fromEntries(parameters.map(splitParameter)),
    sqsPort: flags["sqs-port"] ?? 0,
    dynamoDbPort: flags["dynamodb-port"] ?? 0,
    onLine: (source, line) => console.log(`[${source}] ${line}`),
  });
  describe(aws);

  let isStopping = false;
  onStopSignal(() => {
    isStopping = true;
    void aws.stop();
  });
  await aws.exited;
  if (!isStopping) {
    throw new Error("The embedded AWS has ended by itself: start it again.");
  }
});

/** A template, or the folder that contains it. */
async function fileOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ? join(path, "template.yaml") : path;
}

function splitParameter(word: string): [string, string] {
  const at = word.indexOf("=");
  return [word.slice(0, at), word.slice(at + 1)];
}

function describe(aws: LocalAws): void {
  const { inspectUrl, outputs, overrides, ignored } = aws;
  // Leaves out what depends on your client: your files, and variables for JavaScript or for Node versions.
  const {
    AWS_CONFIG_FILE: _config,
    AWS_SHARED_CREDENTIALS_FILE: _credentials,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: _warning,
    ...variables
  } = awsEnvironment(aws);
  const isWindows = process.platform === "win32";
  const set = isWindows ? ["$env:", " = '", "'"] : ["export ", "='", "'"];
  // boto3 and version 1 of the AWS CLI read the region only under its older name.
  // Endpoints in your ~/.aws/config must not send a client to AWS.
  const all = {
    ...variables,
    AWS_DEFAULT_REGION: variables["AWS_REGION"] ?? "",
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "false",
    ...outputs,
  };
  console.log("The embedded AWS runs. In another terminal, set these for your client:\n");
  for (const [name, value] of Object.entries(all)) {
    console.log(`  ${set[0]}${name}${set[1]}${value}${set[2]}`);
  }
  const names = Object.keys(all);
  const takeBack = isWindows
    ? names.map((name) => `Remove-Item env:${name}`)
    : wrap(`unset ${names.join(" ")}`, 74)
        .split("\n")
        .map((line, at) => (at === 0 ? line : `unset ${line}`));
  console.log(`\nTaken back, so that the next command there asks what it asked before:\n`);
  console.log(takeBack.map((line) => `  ${line}`).join("\n"));
  // Version 1 of the AWS CLI reads neither variable, and would call AWS.
  console.log(`\nThe AWS CLI, of any version:\n\n  aws --endpoint-url ${aws.sqsUrl} sqs list-queues`);
  console.log(`\nQueues and environments, as JSON: ${inspectUrl}`);
  if (Object.keys(overrides).length > 0) {
    console.log(`Other than the template's default: ${JSON.stringify(overrides)}`);
  }
  if (ignored.length > 0) {
    console.log(`Without meaning here, only on AWS:\n${ignored.map((name) => `  ${name}`).join("\n")}`);
  }
  console.log("Stop it with Ctrl-C.");
}
