import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudFormationClient, CreateStackCommand } from "@aws-sdk/client-cloudformation";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resultsSchema } from "#shared/results.ts";
import { projectFolder } from "#shared/run/chapters.ts";
import { inheritedEnvironment } from "#shared/run/environment.ts";
import { startChapter } from "#shared/run/start-chapter.ts";
import type { RunningChapter } from "#shared/run/running-chapter.ts";
import { startHttpApi } from "#shared/testing/http-api.ts";
import { withoutOwnAccount } from "#shared/testing/cloud-command.ts";
import { findTools, startMoto } from "#shared/cloud/independent/tools.ts";
import type { Emulator } from "#shared/cloud/independent/tools.ts";
import { nodeArguments } from "#shared/testing/typescript.ts";

const tools = await findTools();
let out: string;
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), "take a ticket account "));
  return () => rmSync(out, { recursive: true, force: true });
});
const keys = { API_KEY: "only-on-this-machine-api", VENDOR_KEY: "only-on-this-machine-vendor" };
const region = "us-east-1";

interface StandIn {
  running: RunningChapter;
  api: Awaited<ReturnType<typeof startHttpApi>>;
  vendor: Awaited<ReturnType<typeof startHttpApi>>;
  moto: Emulator;
}

/**
 * Plays an account: the functions of 08 run in the embedded Lambda, each behind an HTTP address, and moto answers for identity and
 * stacks.
 */
async function startStandIn(): Promise<StandIn> {
  const moto = await startMoto();
  let running: RunningChapter | undefined;
  const lambdaUrl = () => running?.lambdaUrl ?? "";
  const [api, vendor] = await Promise.all([
    startHttpApi({ lambdaUrl, functionName: "ApiFunction", atOnce: 8 }),
    startHttpApi({ lambdaUrl, functionName: "VendorFunction", atOnce: 18 }),
  ]);
  running = await startChapter({ folder: "08-aws", devices: 1, environment: { VENDOR_URL: vendor.url } });
  const outputs = {
    ApiUrl: api.url,
    VendorUrl: vendor.url,
    DevicesTable: running.outputs["DEVICES_TABLE"],
    ActivationsTable: running.outputs["ACTIVATIONS_TABLE"],
    QueueUrl: running.outputs["QUEUE_URL"],
    DeadLetterQueueUrl: running.outputs["DEAD_LETTER_QUEUE_URL"],
  };
  const client = new CloudFormationClient({
    endpoint: moto.url,
    region,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  await client.send(
    new CreateStackCommand({
      StackName: "take-a-ticket-08",
      TemplateBody: JSON.stringify({
        Parameters: { RetryDelaysSeconds: { Type: "String", Default: "1,1,2,2" } },
        Resources: { Queue: { Type: "AWS::SQS::Queue" } },
        Outputs: Object.fromEntries(Object.entries(outputs).map(([name, Value]) => [name, { Value }])),
      }),
      Tags: [{ Key: "take-a-ticket", Value: "take-a-ticket-08" }],
    }),
  );
  return { running, api, vendor, moto };
}

describe.skipIf(!tools.moto)("npm run bench 08 url=URL", () => {
  let standIn: StandIn;
  beforeAll(async () => {
    standIn = await startStandIn();
  }, 60_000);
  afterAll(async () => {
    await Promise.all([standIn.api.close(), standIn.vendor.close(), standIn.moto.stop()]);
    await standIn.running.stop();
  });

  const bench = (words: string[], env: Record<string, string> = {}) =>
    new Promise<{ code: number; said: string }>((resolve) => {
      const child = execFile(
        process.execPath,
        nodeArguments("bench/main.ts", "day", "08", `out=${out}`, ...words),
        {
          cwd: projectFolder,
          env: {
            ...inheritedEnvironment(),
            ...withoutOwnAccount,
            ...standIn.running.environment,
            AWS_ENDPOINT_URL_STS: standIn.moto.url,
            AWS_ENDPOINT_URL_CLOUDFORMATION: standIn.moto.url,
            ...keys,
            ...env,
          },
        },
        (_error, stdout, stderr) =>
          resolve({ code: child.exitCode ?? -1, said: `${stdout}${stderr}`.replaceAll(/\s+/g, " ") }),
      );
      child.stdin?.end();
    });

  it.each([
    [
      "nobody asked for AWS",
      (url: string) => [`url=${url}`],
      {},
      "nothing reaches AWS unless it is asked to",
    ],
    ["the URL isn't ours", () => ["url=https://example.com", "real-aws"], {}, "only what is ours is loaded"],
    ["there is no URL", () => ["real-aws"], {}, "Expected chapter 08 and where it is"],
    [
      "a key is missing",
      (url: string) => [`url=${url}`, "real-aws"],
      { API_KEY: "" },
      "Expected API_KEY in .env",
    ],
    [
      "the key is another",
      (url: string) => [`url=${url}`, "real-aws"],
      { API_KEY: "another-key-of-20-letters" },
      "The API answers 403",
    ],
    ["nobody agrees", (url: string) => [`url=${url}`, "real-aws"], {}, "there is no keyboard to ask"],
    [
      "there is no such stack",
      (url: string) => [`url=${url}`, "real-aws", "stack=x"],
      {},
      "Expected the stack x",
    ],
  ] as [string, (url: string) => string[], Record<string, string>, string][])(
    "sends no load when %s",
    async (_why, words, env, sentence) => {
      const { code, said } = await bench(words(standIn.api.url), env);

      expect(said).toContain(sentence);
      expect(code).toBeGreaterThan(0);
    },
  );

  it("measures the deployed system with the same instrument, and its ledger balances", async () => {
    const { code, said } = await bench([`url=${standIn.api.url}`, "real-aws", "yes"]);
    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining("SAME") as unknown });
    const [folder = ""] = readdirSync(out).filter((name) => !name.startsWith("."));
    const text = readFileSync(join(out, folder, "results.json"), "utf8");
    const { chapters, notes } = resultsSchema.parse(JSON.parse(text));

    expect(notes.some((note) => note.includes("08 on AWS"))).toBe(true);
    const [day, storm] = [chapters[0]?.day?.runs[0], chapters[0]?.storm?.runs[0]];
    expect(day?.ledger).toMatchObject({ sent: 80, activated: 80, lost: 0, waiting: 0 });
    expect(storm?.ledger).toMatchObject({ sent: 129, lost: 0, waiting: 0 });
    expect(storm?.kills).toEqual([]);
    expect(text).not.toContain("only-on-this-machine");
  }, 300_000);
});
