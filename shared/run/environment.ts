import { devNull } from "node:os";

// The one list of what our processes get of this shell's variables. What isn't on it stays outside: with the user's own
// AWS_PROFILE or AWS_ENDPOINT_URL a chapter could reach a real account, NODE_USE_ENV_PROXY would send what is for this machine
// to a proxy, and NODE_OPTIONS or VITEST would change what is measured.
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

/** The variables of this process that each process which it starts gets, too. */
export const inheritedEnvironment = (): Record<string, string> => pick(forProcesses);

/**
 * The certificates that this shell adds to Node's, for a process that speaks HTTPS and for no other: with the usual 140 of a system
 * Node 20 takes 120 ms of processor to start, where it takes 40 without them.
 */
export const ownCertificates = (): Record<string, string> => pick(["NODE_EXTRA_CA_CERTS"]);

/** Those that a function gets: on AWS, too, it sees nothing of a user or a shell. */
export const functionEnvironment = (): Record<string, string> => pick(forFunctions);

function pick(names: readonly string[]): Record<string, string> {
  // oxlint-disable-next-line node/no-process-env -- the machine's own variables have no other source
  const { env } = process;
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

/** What keeps an AWS SDK client to the endpoints that other variables name: keys for nothing, and none of the user's own files. */
export const ofNoAccount: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: "local",
  AWS_SECRET_ACCESS_KEY: "local",
  // With `ignore_configured_endpoint_urls = true` in ~/.aws/config the SDK takes no endpoint from a variable, and goes to AWS.
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  // Said once in the README rather than by every process.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};
