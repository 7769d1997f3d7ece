import { devNull } from "node:os";

// The only list of this shell's variables that our processes get. Everything else stays out: with the user's AWS_PROFILE or
// AWS_ENDPOINT_URL a chapter could reach a real account, NODE_USE_ENV_PROXY would send requests for this machine to a proxy,
// and NODE_OPTIONS or VITEST would change what we measure.
const forFunctions = ["PATH", "SystemRoot", "TEMP", "TMP", "TMPDIR"];
const forProcesses = [
  ...forFunctions,
  "HOME",
  "USERPROFILE",
  "LANG",
  "TZ",
  "SystemDrive",
  "ComSpec",
  "PATHEXT",
  "APPDATA",
  "LOCALAPPDATA",
  "NO_COLOR",
];

/** The variables of this process that every process it starts gets too. */
export const inheritedEnvironment = (): Record<string, string> => pick(forProcesses);

/**
 * The certificates that this shell adds to Node's, only for processes that use HTTPS: with the usual 140 of a system, Node 20
 * takes 120 ms of CPU time to start instead of 40.
 */
export const ownCertificates = (): Record<string, string> => pick(["NODE_EXTRA_CA_CERTS"]);

/** The variables for functions. On AWS too, a function sees nothing of a user or a shell. */
export const functionEnvironment = (): Record<string, string> => pick(forFunctions);

function pick(names: readonly string[]): Record<string, string> {
  // oxlint-disable-next-line node/no-process-env -- the machine's variables have no other source
  const { env } = process;
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

/** Keeps an AWS SDK client to the endpoints in other variables: keys for nothing, and none of the user's files. */
export const ofNoAccount: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: "local",
  AWS_SECRET_ACCESS_KEY: "local",
  // With `ignore_configured_endpoint_urls = true` in ~/.aws/config the SDK ignores endpoint variables and calls AWS.
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  // The README says it once, instead of every process.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};
