import { readCommand, UsageError } from "#shared/command.ts";
import { usageOf } from "#shared/help/commands.ts";

interface Asked {
  /** As the user names it. */
  name: string;
  /** What sqs-target.ts reads. */
  env: { CONFORMANCE_ENDPOINT?: string; CONFORMANCE_REAL_AWS?: string };
  /** Don't ask before using the account. */
  yes: boolean;
}

/** The SQS that the command's words name. Throws {@link UsageError} for anything else. */
export function readTarget(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Asked {
  const usage = usageOf("conformance");
  const flags = { endpoint: "text", "real-aws": "switch", yes: "switch" } as const;
  const { words, flags: given } = readCommand({ usage, flags }, argv, env);
  const { endpoint, "real-aws": realAws, yes = false } = given;
  if (words.length > 0 || (endpoint !== undefined && realAws !== undefined)) {
    throw new UsageError(
      `Expected one of endpoint=URL and real-aws, or nothing, got \`${argv.join(" ")}\`; write \`${usage}\`.`,
    );
  }
  if (realAws !== undefined) {
    return { name: "real AWS, with your credentials", env: { CONFORMANCE_REAL_AWS: "yes" }, yes };
  }
  if (endpoint === undefined) {
    return { name: "the embedded SQS", env: {}, yes };
  }
  if (!URL.canParse(endpoint) || !/^https?:/.test(endpoint)) {
    throw new UsageError(`Expected endpoint= and a URL like http://127.0.0.1:9324, got \`${endpoint}\`.`);
  }
  return { name: endpoint, env: { CONFORMANCE_ENDPOINT: endpoint.replace(/\/$/, "") }, yes };
}
