import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { projectFolder } from "./chapters.ts";
import { functionEnvironment, inheritedEnvironment, ofNoAccount, ownCertificates } from "./environment.ts";

it("passes on what a process needs from the machine, and nothing that sends it elsewhere", () => {
  const ofTheShell = [
    "AWS_PROFILE",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_SQS",
    "AWS_CONFIG_FILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_SESSION_TOKEN",
    "HTTPS_PROXY",
    "NODE_USE_ENV_PROXY",
    "NODE_OPTIONS",
    "DATABASE_URL",
  ];
  ofTheShell.forEach((name) => vi.stubEnv(name, "of the shell"));
  vi.stubEnv("NODE_EXTRA_CA_CERTS", "own.pem").stubEnv("HOME", "/home/own").stubEnv("PATH", "/bin");

  const given = inheritedEnvironment();

  expect(Object.values(given)).not.toContain("of the shell");
  expect(given).toMatchObject({ PATH: "/bin", HOME: "/home/own" });
  expect(given).not.toHaveProperty("NODE_EXTRA_CA_CERTS");
  expect(ownCertificates()).toEqual({ NODE_EXTRA_CA_CERTS: "own.pem" });
  expect(functionEnvironment()).toEqual(expect.objectContaining({ PATH: "/bin" }));
  expect(functionEnvironment()).not.toHaveProperty("HOME");
  expect(given).toEqual(expect.objectContaining(functionEnvironment()));
  expect(Object.keys(ofNoAccount).filter((name) => name in given)).toEqual([]);
});

// A file that starts processes has to be listed here with the variables that they get from this shell.
const starters = {
  "bench/machine.ts": "git, which is the user's own",
  "bench/speed/functions.ts": "inheritedEnvironment",
  "bench/speed/starts.ts": "inheritedEnvironment",
  "shared/cloud/deploy.ts": "sam, which looks for the user's account",
  "shared/local-aws/conformance/main.ts": "inheritedEnvironment, unless an account is asked",
  "shared/local-aws/lambda/execution-environment.ts": "functionEnvironment, from deploy.ts",
  "shared/local-aws/lambda/watchdog.ts": "inheritedEnvironment",
  "shared/local-postgres/binaries.ts": "what its own process has: inheritedEnvironment",
  "shared/local-postgres/data-folder.ts": "the same",
  "shared/local-postgres/postgres.ts": "the same",
  "shared/run/child-process.ts": "inheritedEnvironment",
  "shared/run/end-with-npm.mjs": "ps, which is the user's own",
  "shared/workshop/follow/commands.ts": "everything: the user could have typed that command",
};

it("is the only source: no process gets its variables elsewhere", () => {
  const files = ["bench", "chapters", "shared", "slides"].flatMap((room) =>
    readdirSync(join(projectFolder, room), { recursive: true, encoding: "utf8" }).map((file) =>
      join(room, file).replaceAll("\\", "/"),
    ),
  );
  const isTest = (file: string) => /\.test\.ts$|\/testing\/|\/independent\//.test(file);
  const found = files.filter(
    (file) =>
      /\.(?:ts|mjs)$/.test(file) &&
      !isTest(file) &&
      /^import \{[^}]*\} from "node:child_process"/m.test(readFileSync(join(projectFolder, file), "utf8")),
  );

  expect(found.toSorted()).toEqual(Object.keys(starters).toSorted());
});
