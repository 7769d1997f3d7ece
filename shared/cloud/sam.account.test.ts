import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inheritedEnvironment } from "#shared/run/environment.ts";
import { cloud, local } from "#shared/testing/cloud-command.ts";
import { findTools, startMoto } from "./independent/tools.ts";
import type { Emulator } from "./independent/tools.ts";

const tools = await findTools();
let folder: string;
let recorded: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "take a ticket sam "));
  recorded = join(folder, "sam.json");
  return () => rmSync(folder, { recursive: true, force: true });
});

/** The arguments and variables of one call of sam. */
interface SamCall {
  words: string[];
  profile?: string;
  keyId?: string;
}

describe.skipIf(!tools.moto)("npm run cloud deploy, with a sam that only records its arguments", () => {
  let moto: Emulator;
  beforeAll(async () => {
    moto = await startMoto();
    const script = `#!${process.execPath}
      const { argv, env } = process;
      const call = { words: argv.slice(2), profile: env.AWS_PROFILE, keyId: env.AWS_ACCESS_KEY_ID };
      require("fs").appendFileSync(${JSON.stringify(recorded)}, JSON.stringify(call) + "\\n");
    `;
    writeFileSync(join(folder, "sam"), script);
    chmodSync(join(folder, "sam"), 0o755);
  });
  afterAll(async () => {
    await moto.stop();
  });
  const env = () => ({ ...local, AWS_ENDPOINT_URL: moto.url });

  it("requires sam and a key before it asks anything", async () => {
    const withoutSam = await cloud(["deploy", "03", "real-aws", "yes"], { ...env(), PATH: "" });
    const withoutKey = await cloud(["deploy", "08", "real-aws", "yes"], {
      ...env(),
      PATH: `${folder}${delimiter}${inheritedEnvironment()["PATH"]}`,
    });

    expect(withoutSam.said).toContain("Expected AWS's `sam` on the path, found none");
    expect(withoutKey.said).toMatch(
      /Expected API_KEY in \.env.*got none; .*this one is new: API_KEY=[\w-]{32}/,
    );
  });

  /** Deploys with a sam that only records its arguments. */
  const deployWith = async (words: string[], more: Record<string, string> = {}) => {
    rmSync(recorded, { force: true });
    const path = `${folder}${delimiter}${inheritedEnvironment()["PATH"]}`;
    const { code } = await cloud(["deploy", "03", ...words, "yes"], { ...env(), PATH: path, ...more });
    const calls = readFileSync(recorded, "utf8").trim().split("\n");
    return { code, calls: calls.map((line) => JSON.parse(line) as SamCall) };
  };

  it.skipIf(process.platform === "win32")("passes the template, the tag and the numbers to sam", async () => {
    const { code, calls } = await deployWith(["real-aws", "teaching"]);
    const [version, build, deployment] = calls.map(({ words }) => words);

    expect(code).toBe(0);
    expect([version?.[0], build?.[0], deployment?.[0], calls.length]).toEqual([
      "--version",
      "build",
      "deploy",
      3,
    ]);
    expect(build).toContain("--build-in-source");
    expect(deployment?.join(" ")).toContain(
      "--stack-name take-a-ticket-03 --region us-east-1 --capabilities CAPABILITY_IAM --resolve-s3",
    );
    expect(deployment?.join(" ")).toContain("--tags take-a-ticket=take-a-ticket-03");
    expect(deployment?.at(-1)).toBe("VisibilityTimeoutSeconds=6");
  });

  it.skipIf(process.platform === "win32")(
    "passes the shown profile to sam, even if the shell has another account's keys: sam would use those",
    async () => {
      const credentials = join(folder, "credentials");
      writeFileSync(credentials, "[work]\naws_access_key_id = work\naws_secret_access_key = work\n");

      const { code, calls } = await deployWith(["profile=work"], {
        AWS_SHARED_CREDENTIALS_FILE: credentials,
        AWS_ACCESS_KEY_ID: "of-another-account",
      });

      expect(code).toBe(0);
      expect(calls.at(-1)).toMatchObject({ profile: "work" });
      expect(calls.at(-1)).not.toHaveProperty("keyId");
    },
  );
});
