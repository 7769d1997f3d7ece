// What a process needs from the machine, and nothing else: with AWS_PROFILE or AWS_ENDPOINT_URL of the user's shell in
// it, a chapter could reach a real account, and NODE_OPTIONS or VITEST would change what is measured.
const kept = [
  "PATH",
  "HOME",
  "USERPROFILE",
  "LANG",
  "TZ",
  "TMPDIR",
  "TEMP",
  "TMP",
  "SystemRoot",
  "SystemDrive",
  "ComSpec",
  "PATHEXT",
  "APPDATA",
  "LOCALAPPDATA",
  "NO_COLOR",
];

/** The variables of this process that a chapter's processes get, too. */
export function inheritedEnvironment(): Record<string, string> {
  // oxlint-disable-next-line node/no-process-env -- the machine's own variables have no other source
  const { env } = process;
  return Object.fromEntries(kept.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

/** The variables by which an AWS SDK client finds the embedded AWS. */
export function awsEnvironment({
  sqsUrl,
  dynamoDbUrl,
  lambdaUrl,
}: {
  sqsUrl: string;
  dynamoDbUrl: string;
  lambdaUrl: string;
}): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_SQS: sqsUrl,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDbUrl,
    AWS_ENDPOINT_URL_LAMBDA: lambdaUrl,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    // Said once in the README rather than by every process.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  };
}
