import { join } from "node:path";
import { CloudFormationClient, CreateStackCommand } from "@aws-sdk/client-cloudformation";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { startChapter } from "#shared/run/start-chapter.ts";
import { asksFor } from "#shared/stage/stage.ts";
import { eventually } from "#shared/testing/eventually.ts";
import { projectFolder } from "#shared/run/chapters.ts";
import { cloud, local, withoutOwnAccount } from "#shared/testing/cloud-command.ts";
import { openDeployed } from "./deployed.ts";
import { findTools, startMoto, translate } from "./independent/tools.ts";
import type { Emulator } from "./independent/tools.ts";

const tools = await findTools();

/** Does what `npm run chapter 03 real-aws` does. Vitest restores the variables that it changes in this process. */
async function openAndStart(variables: Record<string, string>) {
  Object.entries(variables).forEach(([name, value]) => vi.stubEnv(name, value));
  const deployed = await openDeployed({ stackName: "take-a-ticket-03", realAws: true });
  return await startChapter({ folder: "03-queue", deployed });
}

async function post(url: string, body: object) {
  const response = await fetch(url, asksFor(body));
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe.skipIf(!tools.moto || !tools.translator)("npm run cloud, with moto in AWS's place", () => {
  let moto: Emulator;
  const env = () => ({ ...local, AWS_ENDPOINT_URL: moto.url });
  const stackName = "take-a-ticket-03";
  const client = () =>
    new CloudFormationClient({
      endpoint: moto.url,
      region: "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    });
  const create = async (name: string, tags: Record<string, string>) => {
    const template = await translate(join(projectFolder, "chapters", "03-queue", "template.yaml"), {
      bucket: "b",
      key: "k",
    });
    await client().send(
      new CreateStackCommand({
        StackName: name,
        TemplateBody: JSON.stringify(template),
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
  };
  beforeAll(async () => {
    moto = await startMoto();
    await create(stackName, { "take-a-ticket": stackName });
    await create("somebody-elses", {});
  });
  afterAll(() => moto.stop());

  it("shows account, region and stack, and changes nothing without confirmation", async () => {
    const { code, said } = await cloud(["remove", "03", "real-aws"], env());

    expect(said).toMatch(
      /account 123456789012 .* region us-east-1, at http.* stack take-a-ticket-03: CREATE_COMPLETE/,
    );
    expect(said).toContain("there is no keyboard to ask; add the word `yes`. Nothing was changed.");
    expect(code).toBe(2);
    expect((await cloud(["status", "03", "real-aws"], env())).said).toContain("DEVICES_TABLE = ");
  });

  it("seeds the inventory", async () => {
    const { code, said } = await cloud(["seed", "03", "real-aws", "devices=60", "yes"], env());

    expect(said).toContain("60 devices are in take-a-ticket-03-DevicesTable");
    expect(code).toBe(0);
  });

  it.each(["status", "seed", "remove"])("does not touch another owner's stack by %s", async (action) => {
    const { code, said } = await cloud([action, "03", "real-aws", "stack=somebody-elses", "yes"], env());

    expect(said).toContain("it isn't ours");
    expect(code).toBe(2);
  });

  it("says that a stack does not exist", async () => {
    const { said } = await cloud(["status", "05", "real-aws"], env());

    expect(said).toContain("Expected the stack take-a-ticket-05 in this account and region, found none");
  });

  it("connects a chapter's API and worker on this machine to a stack's tables and queue", async () => {
    const running = await openAndStart({ ...withoutOwnAccount, ...env() });
    try {
      const device = deviceAt(5);
      const { status, body } = await post(`${running.apiUrl}/activations`, device);
      expect([status, body["macAddress"]]).toEqual([202, device.macAddress]);
      await eventually(async () => {
        const ticket = await fetch(`${running.apiUrl}/activations/${String(body["eventId"])}`);
        expect(await ticket.json()).toMatchObject({ status: "active" });
      });
      expect(running.environment).toEqual({});
    } finally {
      await running.stop();
    }
  });

  it("deletes the stack, and checks whether anything is left", async () => {
    const first = await cloud(["remove", "03", "real-aws", "yes"], env());
    const again = await cloud(["remove", "03", "real-aws", "yes"], env());

    expect(first.said).toContain("The stack take-a-ticket-03 is deleted.");
    expect(first.said).toContain("Nothing with the tag take-a-ticket=take-a-ticket-03 is left");
    expect([first.code, again.code]).toEqual([0, 0]);
  });

  it("names what is left with the tag, and fails", async () => {
    const sqs = new SQSClient({
      endpoint: moto.url,
      region: "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    });
    await sqs.send(
      new CreateQueueCommand({ QueueName: "left-behind", tags: { "take-a-ticket": "take-a-ticket-05" } }),
    );

    const { code, said } = await cloud(["remove", "05", "real-aws", "yes"], env());

    expect(said).toContain("but this is left and may cost: arn:aws:sqs:us-east-1:123456789012:left-behind");
    expect(code).toBe(1);
  });
});
