import { join } from "node:path";
import { CreateStackCommand, DeleteStackCommand } from "@aws-sdk/client-cloudformation";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listChapters } from "#shared/run/chapters.ts";
import { emulatedAccount } from "./emulated-account.ts";
import { findTools, lint, putIntoS3, startMoto, translate } from "./tools.ts";
import type { CloudFormationTemplate, Emulator } from "./tools.ts";

const tools = await findTools();
const templates = listChapters()
  .filter(({ number }) => number !== "00" && number !== "mine")
  .map(({ name, folder }) => ({ name, file: join(folder, "template.yaml") }));

// moto 5.2 can't create these from a template (its log says so), and answers 500 if an output refers to one.
const unknownToMoto = ["AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Stage", "AWS::Lambda::Url"];
const code = { bucket: "take-a-ticket-code", key: "code.zip" };
// The smallest possible zip: an end of central directory. No one runs it.
const emptyZip = Buffer.concat([Buffer.from("504b0506", "hex"), Buffer.alloc(18)]);

describe.skipIf(!tools.cfnLint)("cfn-lint", () => {
  let said: Map<string, string[]>;
  beforeAll(async () => {
    said = await lint(templates.map(({ file }) => file));
  });

  it.each(templates)("has no complaints about $name", ({ file }) => {
    expect(said.get(file)).toEqual([]);
  });
});

describe.skipIf(!tools.translator)("AWS's SAM translator", () => {
  it.each(templates)("turns $name into CloudFormation", async ({ name, file }) => {
    const { Resources: resources } = await translate(file, code);
    const types = Object.values(resources).map(({ Type: type }) => type);

    expect(types.filter((type) => type.startsWith("AWS::Serverless"))).toEqual([]);
    expect(types.filter((type) => type === "AWS::Lambda::EventSourceMapping")).toHaveLength(
      /^0[4-8]|relational|fifo/.test(name) ? 1 : 0,
    );
  });
});

describe.skipIf(!tools.translator || !tools.moto)("moto's CloudFormation", () => {
  let moto: Emulator;
  let account: ReturnType<typeof emulatedAccount>;
  beforeAll(async () => {
    moto = await startMoto();
    account = emulatedAccount(moto.url);
    await putIntoS3(moto, code.bucket);
    await putIntoS3(moto, `${code.bucket}/${code.key}`, emptyZip);
  });
  afterAll(() => moto.stop());

  // AWS generates a name ending in .fifo for an unnamed FIFO queue. moto 5.2 generates another one, and then refuses it.
  const known = templates.filter(({ name }) => name !== "lab-fifo");

  it.each(known)("creates the stack of $name, and deletes it completely", async ({ name, file }) => {
    const StackName = `s-${name}`;
    const whole = await translate(file, code);
    const { template, leftOut } = withoutUnknown(whole);
    const parameters = Object.entries(template.Parameters ?? {})
      .filter(([, { Default: fallback }]) => fallback === undefined)
      .map(([key]) => ({ ParameterKey: key, ParameterValue: `http://127.0.0.1/${key}` }));

    await account.cloudFormation.send(
      new CreateStackCommand({
        StackName,
        TemplateBody: JSON.stringify(template),
        Parameters: parameters,
        Capabilities: ["CAPABILITY_IAM"],
        Tags: [{ Key: "take-a-ticket", Value: StackName }],
      }),
    );
    const stack = await account.stack(StackName);
    const made = await account.resources(StackName);

    expect(stack?.status).toBe("CREATE_COMPLETE");
    // For an EventInvokeConfig moto doesn't say which resource it is.
    expect(made.filter(({ ResourceStatus: status }) => status !== "CREATE_COMPLETE")).toEqual([]);
    expect(made).toHaveLength(Object.keys(template.Resources).length);
    expect(leftOut.length).toBe(name === "08-aws" ? unknownToMoto.length : 0);
    const queueUrl = stack?.outputs["QueueUrl"];
    const attributes = queueUrl === undefined ? undefined : await account.queueAttributes(queueUrl);
    expect(attributes ? attributes["VisibilityTimeout"] : "no queue").toBe(visibilityOf(name));

    await account.cloudFormation.send(new DeleteStackCommand({ StackName }));
    expect([...(await account.queues()), ...(await account.tables())]).toEqual([]);
  });
});

function visibilityOf(name: string): string {
  return name === "08-aws" ? "120" : /^0[12]|lab-retries/.test(name) ? "no queue" : "24";
}

/** The template without what moto can't create, and without references to it. */
function withoutUnknown(whole: CloudFormationTemplate) {
  const leftOut = Object.keys(whole.Resources).filter((id) =>
    unknownToMoto.includes(whole.Resources[id]?.Type ?? ""),
  );
  const speaksOf = (value: unknown) => leftOut.some((id) => JSON.stringify(value).includes(`"${id}"`));
  const keep = <Value>(entries: Record<string, Value>) =>
    Object.fromEntries(
      Object.entries(entries).filter(([id, value]) => !leftOut.includes(id) && !speaksOf(value)),
    );
  const replace = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      return value.map(replace);
    }
    if (typeof value !== "object" || value === null) {
      return value;
    }
    return "Fn::GetAtt" in value && speaksOf(value)
      ? "https://unknown-to-moto.invalid"
      : Object.fromEntries(Object.entries(value).map(([key, each]) => [key, replace(each)]));
  };
  const isPermission = (id: string) => whole.Resources[id]?.Type === "AWS::Lambda::Permission";
  const resources = Object.fromEntries(
    Object.entries(whole.Resources)
      .filter(([id]) => !leftOut.includes(id))
      .map(([id, resource]) => [
        id,
        (isPermission(id) ? stripped(resource, speaksOf) : replace(resource)) as typeof resource,
      ]),
  );
  return { template: { ...whole, Resources: resources, Outputs: keep(whole.Outputs ?? {}) }, leftOut };
}

/** A permission for everyone in place of one for a resource that is left out. */
function stripped(
  { Type, Properties = {} }: CloudFormationTemplate["Resources"][string],
  speaksOf: (value: unknown) => boolean,
) {
  return {
    Type,
    Properties: Object.fromEntries(Object.entries(Properties).filter(([, value]) => !speaksOf(value))),
  };
}
