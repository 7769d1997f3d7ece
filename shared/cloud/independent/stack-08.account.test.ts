import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { findChapter } from "#shared/run/chapters.ts";
import { buildFunctions } from "../bundles.ts";
import { tagKey } from "../stack.ts";
import { findTools, translate } from "./tools.ts";
import type { CloudFormationTemplate } from "./tools.ts";

const tools = await findTools();

describe.skipIf(!tools.translator)("08 as CloudFormation", () => {
  let resources: CloudFormationTemplate["Resources"];
  beforeAll(async () => {
    const file = join(findChapter("08").folder, "template.yaml");
    ({ Resources: resources } = await translate(file, { bucket: "b", key: "k" }));
  });
  const ofType = (type: string) =>
    Object.entries(resources).flatMap(([name, resource]) =>
      resource.Type === type ? [{ name, properties: resource.Properties ?? {} }] : [],
    );

  it("puts the stack's tag on the HTTP API, which the stack itself doesn't do", () => {
    expect(resources["Api"]?.Properties?.["Body"]).toMatchObject({
      tags: expect.arrayContaining([
        { name: tagKey, "x-amazon-apigateway-tag-value": { Ref: "AWS::StackName" } },
      ]) as unknown,
    });
    expect(resources["ApiApiGatewayDefaultStage"]?.Properties?.["Tags"]).toMatchObject({
      [tagKey]: { Ref: "AWS::StackName" },
    });
  });

  it("has one role for each function, which names the resources it may use", () => {
    const roles = ofType("AWS::IAM::Role");

    expect(roles.map(({ name }) => name)).toEqual(["ApiRole", "ActivationRole", "VendorRole"]);
    expect(JSON.stringify(roles.map(({ properties }) => properties["Policies"]))).not.toContain('"*"');
    expect(roles.some(({ properties }) => "ManagedPolicyArns" in properties)).toBe(false);
    const ofFunctions = ofType("AWS::Lambda::Function").map(({ properties }) => properties["Role"]);
    expect(ofFunctions).toEqual(roles.map(({ name }) => ({ "Fn::GetAtt": [name, "Arn"] })));
  });

  it("allows each function what its code calls, and no more", async () => {
    const built = await buildFunctions({ sdk: "in" });
    // Lambda polls with the function's role, and every function writes a log.
    const ofLambda = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
    const allowed = ofType("AWS::IAM::Role").map(({ properties }) => {
      const [policy] = properties["Policies"] as { PolicyDocument: { Statement: { Action: string[] }[] } }[];
      const actions = policy?.PolicyDocument.Statement.flatMap(({ Action }) => Action) ?? [];
      return actions.filter((action) => !action.startsWith("logs:") && !ofLambda.includes(action)).toSorted();
    });

    expect(allowed).toEqual(built.map(({ sources }) => actionsIn(sources)));
  });

  it("gives each function a runtime with years of support left, arm64, and a log that expires", () => {
    const functions = ofType("AWS::Lambda::Function");
    const logs = ofType("AWS::Logs::LogGroup");

    expect(functions.map(({ properties }) => [properties["Runtime"], properties["Architectures"]])).toEqual(
      functions.map(() => ["nodejs24.x", ["arm64"]]),
    );
    expect(functions.map(({ properties }) => properties["LoggingConfig"])).toEqual(
      logs.map(({ name }) => ({ LogGroup: { Ref: name } })),
    );
    expect(logs.map(({ properties }) => properties["RetentionInDays"])).toEqual([14, 14, 14]);
  });

  it("keeps what was set aside for 14 days, encrypts its queues, and pays for tables by use", () => {
    const queues = ofType("AWS::SQS::Queue");

    expect(resources["DeadLetterQueue"]?.Properties?.["MessageRetentionPeriod"]).toBe(14 * 24 * 3_600);
    expect(queues.map(({ properties }) => properties["SqsManagedSseEnabled"])).toEqual([true, true]);
    const tables = ofType("AWS::DynamoDB::Table").map(({ properties }) => properties["BillingMode"]);
    expect(tables).toEqual(["PAY_PER_REQUEST", "PAY_PER_REQUEST", "PAY_PER_REQUEST"]);
  });

  it("throttles its API, and has alarms for what was set aside and for what waits too long", () => {
    const alarms = ofType("AWS::CloudWatch::Alarm").map(({ properties }) => [
      properties["MetricName"],
      (properties["Dimensions"] as { Value: unknown }[])[0]?.Value,
    ]);

    expect(resources["ApiApiGatewayDefaultStage"]?.Properties?.["DefaultRouteSettings"]).toEqual({
      ThrottlingRateLimit: 200,
      ThrottlingBurstLimit: 200,
    });
    expect(alarms).toEqual([
      ["ApproximateNumberOfMessagesVisible", { "Fn::GetAtt": ["DeadLetterQueue", "QueueName"] }],
      ["ApproximateAgeOfOldestMessage", { "Fn::GetAtt": ["ActivationQueue", "QueueName"] }],
    ]);
  });

  it("is deleted completely with its stack", () => {
    expect(JSON.stringify(resources)).not.toMatch(/"(?:Deletion|UpdateReplace)Policy":"(?!Delete)/);
  });
});

// Where the IAM action has another name than the command.
const actionNames: Readonly<Record<string, string>> = {
  GetCommand: "dynamodb:GetItem",
  PutCommand: "dynamodb:PutItem",
  UpdateCommand: "dynamodb:UpdateItem",
  DeleteCommand: "dynamodb:DeleteItem",
  BatchWriteCommand: "dynamodb:BatchWriteItem",
  paginateScan: "dynamodb:Scan",
};

/** The IAM actions of the SDK commands that these files import. */
function actionsIn(files: readonly string[]): string[] {
  const imported = files.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/^import \{([^}]*)\} from "@aws-sdk\/[^"]+"/gm)].flatMap(
      ([, names = ""]) => names.split(",").map((name) => name.trim()),
    ),
  );
  const asking = imported.filter((name) => name.endsWith("Command") || name.startsWith("paginate"));
  return [
    ...new Set(asking.map((name) => actionNames[name] ?? `sqs:${name.replace(/Command$/, "")}`)),
  ].toSorted();
}
