import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateStackCommand, DeleteStackCommand } from "@aws-sdk/client-cloudformation";
import { ListEventSourceMappingsCommand, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { findChapter } from "#shared/run/chapters.ts";
import { seedInventory } from "#shared/run/seed.ts";
import { asksFor } from "#shared/stage/stage.ts";
import { eventually } from "#shared/testing/eventually.ts";
import { startHttpApi } from "#shared/testing/http-api.ts";
import { buildFunctions } from "../bundles.ts";
import { emulatedAccount } from "./emulated-account.ts";
import { findTools, putIntoS3, startMiniStack, translate, zip } from "./tools.ts";
import type { CloudFormationTemplate, Emulator } from "./tools.ts";

const tools = await findTools();
const templateFile = join(findChapter("08").folder, "template.yaml");
const code = { bucket: "take-a-ticket-code", key: "code.zip" };
const StackName = "take-a-ticket-08";
const keys = { ApiKey: "only-on-this-machine-api", VendorKey: "only-on-this-machine-vendor" };
const functionNames = ["ApiFunction", "ActivationFunction", "VendorFunction"];
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

describe.skipIf(!tools.miniStack || !tools.translator)("08 in MiniStack, written by others", () => {
  let miniStack: Emulator;
  let account: ReturnType<typeof emulatedAccount>;
  let api: Awaited<ReturnType<typeof startHttpApi>>;
  let vendor: Awaited<ReturnType<typeof startHttpApi>>;
  beforeAll(async () => {
    miniStack = await startMiniStack();
    account = emulatedAccount(miniStack.url);
    const lambdaUrl = () => miniStack.url;
    // Replaces API Gateway and the functions' URLs: MiniStack's have hosts that this machine can't resolve.
    [api, vendor] = await Promise.all([
      startHttpApi({ lambdaUrl, functionName: "ApiFunction", headers: bearer(keys.ApiKey) }),
      startHttpApi({ lambdaUrl, functionName: "VendorFunction" }),
    ]);
    await putCode(miniStack);
    await account.cloudFormation.send(
      new CreateStackCommand({
        StackName,
        TemplateBody: JSON.stringify(withVendorAt(vendor.url, await translate(templateFile, code))),
        Parameters: Object.entries(keys).map(([ParameterKey, ParameterValue]) => ({
          ParameterKey,
          ParameterValue,
        })),
        Capabilities: ["CAPABILITY_IAM"],
        Tags: [{ Key: "take-a-ticket", Value: StackName }],
      }),
    );
    await eventually(async () => (await account.stack(StackName))?.status?.endsWith("IN_PROGRESS") === false);
  });
  afterAll(async () => {
    await Promise.all([api.close(), vendor.close()]);
    await miniStack.stop();
  });

  it("creates everything in the template, with its settings", async () => {
    const { Resources: asked } = await translate(templateFile, code);
    const made = await account.resources(StackName);
    const { EventSourceMappings: mappings } = await account.lambda.send(
      new ListEventSourceMappingsCommand({}),
    );
    const stack = await account.stack(StackName);
    const queue = await account.queueAttributes(stack?.outputs["QueueUrl"] ?? "");

    expect(stack?.status).toBe("CREATE_COMPLETE");
    expect(made.filter(({ ResourceStatus: status }) => status !== "CREATE_COMPLETE")).toEqual([]);
    expect(made.map(({ LogicalResourceId: id = "" }) => id).toSorted()).toEqual(
      Object.keys(asked).toSorted(),
    );
    expect(mappings).toMatchObject([
      {
        BatchSize: 4,
        FunctionResponseTypes: ["ReportBatchItemFailures"],
        ScalingConfig: { MaximumConcurrency: 5 },
      },
    ]);
    expect(queue).toMatchObject({ VisibilityTimeout: "120", MessageRetentionPeriod: "345600" });
  });

  it("runs its functions: queue, function and vendor activate a device", async () => {
    const device = deviceAt(3);
    const { outputs } = (await account.stack(StackName)) ?? {};
    await seedInventory({
      dynamoDbUrl: miniStack.url,
      outputs: { DEVICES_TABLE: outputs?.["DevicesTable"] ?? "" },
      templateFile,
      devices: 5,
    });

    const accepted = await fetch(`${api.url}/activations`, asksFor(device));
    const { eventId, ...rest } = (await accepted.json()) as { eventId: string };
    expect([accepted.status, rest]).toEqual([
      202,
      expect.objectContaining({ macAddress: device.macAddress }) as unknown,
    ]);
    await eventually(async () => {
      const ticket = await fetch(`${api.url}/activations/${eventId}`);
      expect(await ticket.json()).toMatchObject({ status: "active" });
    });

    const ledger = await fetch(`${vendor.url}/ledger`, { headers: bearer(keys.VendorKey) });
    expect(await ledger.json()).toMatchObject({ provisionings: { [device.macAddress]: 1 } });
  });

  it("is deleted completely with its stack", async () => {
    await account.cloudFormation.send(new DeleteStackCommand({ StackName }));

    await eventually(async () => {
      const { Functions: functions } = await account.lambda.send(new ListFunctionsCommand({}));
      expect([await account.queues(), await account.tables(), functions]).toEqual([[], [], []]);
    });
  });
});

/** The file with a function's handler, by its name in the template. */
const fileOf = ({ Properties: properties = {} }: CloudFormationTemplate["Resources"][string]) =>
  `${String(properties["Handler"]).replace(/\.\w+$/, "")}.js`;

/** Puts all functions' code where the translated template looks for it, in one archive. */
async function putCode(miniStack: Emulator): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "take a ticket code "));
  try {
    const { Resources: resources } = await translate(templateFile, code);
    const files = (await buildFunctions({ sdk: "in" })).map(({ name, code: text }) => {
      const file = join(folder, fileOf(resources[name] ?? { Type: "none" }));
      writeFileSync(file, text);
      return file;
    });
    await zip(join(folder, code.key), files);
    await putIntoS3(miniStack, code.bucket);
    await putIntoS3(miniStack, `${code.bucket}/${code.key}`, readFileSync(join(folder, code.key)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The template with names that the test knows, and with a vendor on this machine: MiniStack puts a function's URL on AWS's own
 * host, and a local test must not send a key there.
 */
function withVendorAt(url: string, template: CloudFormationTemplate): CloudFormationTemplate {
  const changed = structuredClone(template);
  for (const name of functionNames) {
    const properties = changed.Resources[name]?.Properties ?? {};
    const { Variables: variables } = properties["Environment"] as { Variables: Record<string, unknown> };
    properties["FunctionName"] = name;
    if ("VENDOR_URL" in variables) {
      variables["VENDOR_URL"] = url;
    }
  }
  return changed;
}
