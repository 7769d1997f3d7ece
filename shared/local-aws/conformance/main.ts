// Tests an SQS against AWS's documented rules. `npm run conformance` tests the embedded one, `npm run conformance
// endpoint=URL` another one (moto, LocalStack ...), and `npm run conformance real-aws` the account and region of your AWS
// credentials: it creates queues there, deletes them, and costs a few cents at most. Rules that need the embedded
// one's clock are skipped elsewhere.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "#shared/command.ts";
import { inheritedEnvironment, ownCertificates } from "#shared/run/environment.ts";
import { readTarget } from "./arguments.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");

runCommand(async (argv, env) => {
  const target = readTarget(argv, env);
  console.log(`Asking ${target.name}. Ctrl-C stops it.`);
  const quiet = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };
  const isAccount = target.env.CONFORMANCE_REAL_AWS === "yes";
  if (isAccount) {
    await agreeToAccount(target.yes);
  }
  const isEmbedded = Object.keys(target.env).length === 0;
  // Only the embedded one can show what an event source mapping does. Vitest matches this against parts of paths, with
  // slashes on every system.
  const rules = `shared/local-aws/conformance/${isEmbedded ? "" : "sqs-"}`;
  const child = spawn(process.execPath, [vitest, "run", rules], {
    cwd: root,
    // Only an account is found through the shell's settings.
    env: {
      ...(isAccount ? env : { ...inheritedEnvironment(), ...ownCertificates() }),
      ...quiet,
      ...target.env,
    },
    stdio: "inherit",
  });
  const [code] = (await once(child, "exit")) as [number | null];
  process.exitCode = code ?? 1;
});

// Says where it will create queues, and asks. Loads its clients only now, since no other target needs them.
async function agreeToAccount(isSure: boolean): Promise<void> {
  const { askAccount, confirm, readDotEnv } = await import("#shared/cloud/account.ts");
  const { account, region } = await askAccount({ realAws: true, env: readDotEnv() });
  await confirm(`Create some hundred queues in account ${account}, ${region}, and delete them?`, isSure);
}
