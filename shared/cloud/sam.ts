import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, join } from "node:path";
import { projectFolder } from "#shared/run/chapters.ts";
import { UsageError } from "#shared/command.ts";

const howToInstall =
  "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/install-sam-cli.html";

/** Runs AWS's own `sam` to its end, its output shown. Throws a {@link UsageError} where it is not there or did not succeed. */
export async function runSam(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  stdio: "inherit" | "ignore" = "inherit",
) {
  const isWindows = process.platform === "win32";
  const child = spawn("sam", [...args], {
    cwd: projectFolder,
    // It looks for esbuild on the path, and npm has put ours there.
    env: {
      ...env,
      PATH: [join(projectFolder, "node_modules", ".bin"), env["PATH"] ?? ""].join(delimiter),
      SAM_CLI_TELEMETRY: "0",
    },
    stdio,
    // On Windows sam is a .cmd, which needs a shell; nothing in `args` is typed by a stranger, and names are checked.
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
      `\`sam ${args[0]}\` ended with ${code ?? "a signal"}; mend what it says above. What it had created, if anything, is shown by \`npm run cloud status\` and taken down by \`npm run cloud remove\`.`,
    );
  }
}
