import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";

import { TemplateError } from "./stack.ts";
import { parseTemplate } from "./template.ts";

const example = readFileSync(new URL("./example.yaml", import.meta.url), "utf8");
const place = {
  file: resolve("template.yaml"),
  region: "us-east-1",
  accountId: "000000000000",
  queueUrl: (name: string) => `http://127.0.0.1:9/${name}`,
};
const given = { VendorUrl: "http://vendor" };
const parse = (text: string, parameters: Record<string, string> = given) =>
  parseTemplate(text, { ...place, parameters });

const limit = "MaximumConcurrency: 5";
const queue = "      QueueName: ";
const timeout = "      Timeout: 4";
const batch = "            BatchSize: 4";
const seconds = "!Ref VisibilityTimeoutSeconds";

describe("refuses a broken template in one sentence with its line", () => {
  // What is wrong; what is replaced in example.yaml, and with what; the sentence.
  it.each<[string, string, string, RegExp]>([
    [
      "a list left open",
      "Description: An",
      "Description: [",
      /:4: This is not a readable template: Flow seq/,
    ],
    ["a key twice", timeout, `${timeout}\n${timeout}`, /:49: This is not a readable template: Map keys must/],
    ["an unknown tag", "!Ref VendorUrl", "!If [a, b, c]", /:17: .*!If; use !Ref, !Sub, !GetAtt\.$/],
    [
      "an unknown function",
      "!Ref VendorUrl",
      "{ Fn::Join: [a] }",
      /:17: .*uses !Join, which is not emulated/,
    ],
    ["nothing at all", example, "", /:1: the template must be a map, got nothing\.$/],
    ["no resources", "\nResources:", "\nMetadata:", /:1: the template needs Resources\.$/],
    ["conditions", "\nOutputs:", "\nConditions:", /:61: Conditions is not emulated: write one template for/],
    [
      "an unknown section",
      "\nOutputs:",
      "\nHooks:",
      /:61: Hooks is not emulated: remove it, or use one of AW/,
    ],
    [
      "no transform",
      "Transform: AWS::Serverless-2016-10-31",
      "Metadata: {}",
      /:38: .*needs the line "Transform/,
    ],
    [
      "a topic",
      "AWS::DynamoDB::Table",
      "AWS::SNS::Topic",
      /:20: .*Type is AWS::SNS::Topic, which is not emul/,
    ],
    [
      "a property of nobody",
      timeout,
      "      TimeOut: 4",
      /:48: .*Activate\.Properties\.TimeOut is not emulated/,
    ],
    [
      "reserved concurrency",
      timeout,
      "      ReservedConcurrentExecutions: 5",
      /:48: .*MaximumConcurrency\.$/,
    ],
    [
      "a throughput",
      queue,
      "      FifoThroughputLimit: ",
      /:31: .*Limit is not emulated: no queue has a limit/,
    ],
    [
      "a FIFO queue whose name doesn't say so",
      queue,
      "      FifoQueue: true\n      QueueName: ",
      /:32: .*and \.fifo at its end, got [\w-]+-work\.$/,
    ],
    [
      "a name of a FIFO queue",
      "-work",
      "-work.fifo",
      /:31: .*must be 1 to 80 letters, digits, "-" or "_", got [\w-]+-work\.fifo\.$/,
    ],
    [
      "a dead-letter queue of another kind",
      '      QueueName: !Sub "${AWS::StackName}-work"',
      "      FifoQueue: true",
      /:34: .*must be the Arn of a FIFO queue, as the queue itself is, got .*DeadLetterQueue\.$/,
    ],
    [
      "a standard queue that deduplicates",
      queue,
      "      ContentBasedDeduplication: true\n      QueueName: ",
      /:31: .*ContentBasedDeduplication needs FifoQueue: true, since/,
    ],
    [
      "an unknown reference",
      "!Ref Activations",
      "!Ref Active",
      /:52: .*refers to Active, which is no parameter/,
    ],
    [
      "an unknown attribute",
      "!GetAtt Queue.Arn",
      "!GetAtt Queue.Id",
      /:57: .*asks Queue for Id, .*: use Arn\.$/,
    ],
    [
      "a table as source",
      "!GetAtt Queue.Arn",
      "!GetAtt Activations.Arn",
      /:57: .*must be the Arn of a queue/,
    ],
    ["a long visibility", seconds, "43201", /:32: .*from 0 to 43200, got 43201\.$/],
    ["a short visibility", seconds, "3", /:54: .*VisibilityTimeout \(3 s\) .* at least .*Timeout \(4 s\)/],
    ["too many receives", "Count: 5", "Count: 1001", /:35: .*from 1 to 1000, got 1001\.$/],
    ["no receive count", "        maxReceiveCount: 5\n", "", /:33: .*RedrivePolicy needs maxReceiveCount\.$/],
    [
      "a foreign dead-letter queue",
      "!GetAtt [DeadLetterQueue, Arn]",
      "arn:x",
      /:34: .*of another queue of th/,
    ],
    ["one at a time", limit, "MaximumConcurrency: 1", /:59: .*from 2 to 1000, got 1\.$/],
    ["no messages", batch, "            BatchSize: 0", /:58: .*from 1 to 10000, got 0\.$/],
    [
      "a big batch at once",
      batch,
      "            BatchSize: 11",
      /:58: .*needs a MaximumBatchingWindowInSeconds/,
    ],
    ["a filter", batch, "            FilterCriteria: {}", /:58: .*FilterCriteria is not emulated: what does/],
    ["a switch of YAML 1.1", batch, "            Enabled: yes", /:58: .*must be true or false, got yes\.$/],
    [
      "another response",
      "ReportBatchItemFailures",
      "All",
      /:60: .*must be ReportBatchItemFailures, got All\.$/,
    ],
    ["another event", "Type: SQS", "Type: Schedule", /:55: .*must be SQS, got Schedule: no other event/],
    ["an old runtime", "nodejs24.x", "nodejs18.x", /:13: .*nodejs20.x or nodejs22.x or nodejs24.x, got n/],
    ["another builder", "BuildMethod: esbuild", "BuildMethod: makefile", /:41: .*must be esbuild, got makef/],
    [
      "another file",
      "[handler.ts]",
      "[main.ts]",
      /:47: .*names handler, but the EntryPoints are main\.ts\.$/,
    ],
    ["a long time-out", timeout, "      Timeout: 901", /:48: .*from 1 to 900, got 901\.$/],
    [
      "a provisioned table",
      "PAY_PER_REQUEST",
      "PROVISIONED",
      /:23: .*must be PAY_PER_REQUEST, got PROVISION/,
    ],
    [
      "a key without a type",
      "{ AttributeName: eventId, A",
      "{ AttributeName: id, A",
      /:24: .*\(eventId\), got id/,
    ],
    ["a parameter's type", "Type: Number", "Type: CommaDelimitedList", /:5: .*: use String or Number\.$/],
    ["a default out of range", "Default: 24", "Default: 61", /:5: .*must be at most 60, got 61\.$/],
    [
      "the role that SAM creates",
      "!GetAtt Queue.Arn",
      "!GetAtt ActivateRole.Arn",
      /:57: .*refers to ActivateRole, the role that SAM creates for Activate .*: leave this out, or declare an AWS::IAM/,
    ],
    [
      "that role's name",
      "TABLE: !Ref Activations",
      'TABLE: !Sub "${ActivateRole}"',
      /:52: .*refers to ActivateRole, the role that SAM creates/,
    ],
    [
      "the role of nothing",
      "!GetAtt Queue.Arn",
      "!GetAtt QueueRole.Arn",
      /:57: .*refers to QueueRole, which is no queue, t/,
    ],
    [
      "a name that every object has",
      timeout,
      "      toString: 4",
      /:48: .*toString is not emulated: remove it, /,
    ],
    ["twins", "${AWS::StackName}-work", "DeadLetterQueue", /:36: .*has the same name as Queue: DeadLetterQ/],
    [
      "a property named as one of JavaScript's own",
      queue,
      "      constructor: ",
      /:31: .*constructor is not emulated: remove it, or use one of/,
    ],
    [
      "a resource named so",
      "  DeadLetterQueue:\n",
      "  __proto__:\n",
      /:36: Resources\.__proto__ must have a name of letters and digits only/,
    ],
    [
      "a reference to such a name",
      "!Ref Activations",
      "!Ref constructor",
      /:52: .*refers to constructor, which is no parameter/,
    ],
    [
      "an attribute of such a name",
      "!GetAtt Queue.Arn",
      "!GetAtt __proto__.toString",
      /:57: .*refers to __proto__, which is no queue/,
    ],
    [
      "a pattern that is none",
      "    Type: String\n",
      '    Type: String\n    AllowedPattern: "("\n',
      /:11: .*AllowedPattern must be a regular expression, got \(\.$/,
    ],
    [
      "equal outputs",
      "  DeadLetterQueueArn:",
      "  QueueURL:",
      /:64: .*must have a name that no other output has/,
    ],
  ])("%s", (_, find, put, problem) => {
    expect(example).toContain(find);
    const broken = example.replace(find, () => put);

    expect(() => parse(broken)).toThrow(TemplateError);
    expect(() => parse(broken)).toThrow(problem);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      "a value that is missing",
      {},
      /:9: Parameters\.VendorUrl has no Default: give it a value, as VendorUrl=\.\.\.\.$/,
    ],
    [
      "a parameter nobody declared",
      { ...given, Vendor: "y" },
      /:1: the template has no parameter Vendor: it has V/,
    ],
    ["text for a number", { ...given, VisibilityTimeoutSeconds: "6s" }, /:5: .*must be a number, got 6s\.$/],
  ])("%s", (_, parameters, problem) => {
    expect(() => parse(example, parameters)).toThrow(problem);
  });

  it("takes no property of JavaScript's Object for a parameter without a value", () => {
    const named = example.replaceAll("VendorUrl", "constructor");

    expect(() => parse(named, {})).toThrow(/:9: Parameters\.constructor has no Default: give it a value/);
    const [activate] = parse(named, { constructor: "http://vendor" }).functions;
    expect(activate?.variables["VENDOR_URL"]).toBe("http://vendor");
  });
});

const refusedIn = (text: string) => {
  try {
    parse(text);
  } catch (error) {
    expect(error).toBeInstanceOf(TemplateError);
    return (error as TemplateError).message
      .split("\n")
      .map((line) => line.replace(/ is not emulated: .*/, ""));
  }
  return [];
};

it("reports all refused names at once, each with its line, and each once", () => {
  const changes: [find: string, put: string][] = [
    [timeout, "      TimeOut: 4\n      PackageType: Zip"],
    [queue, "      DeduplicationScope: queue\n      QueueName: "],
    ["maxReceiveCount: 5", "maxReceiveCounts: 5"],
    ["{ AttributeName: eventId, KeyType: HASH }", "{ Name: eventId, KeyType: HASH }"],
    [limit, "MaxConcurrency: 5"],
    [batch, "            FilterCriteria: {}\n            BatchSize: 4"],
    ["Target: es2022", "Targets: es2022"],
    ["    MaxValue: 60", "    Maximum: 60"],
    ["    Timeout: 9\n", "    Timeouts: 9\n    EventInvokeConfig: { Retries: 1 }\n"],
    ["\nOutputs:", "\nConditions: {}\nOutputs:"],
    ["    Value: !Ref Queue\n", "    Value: !Ref Queue\n    Values: 1\n"],
    ["  DeadLetterQueue:\n    Type", "  Topic:\n    Type: AWS::SNS::Topic\n  DeadLetterQueue:\n    Type"],
  ];
  const broken = changes.reduce((text, [find, put]) => {
    expect(text).toContain(find);
    return text.replace(find, () => put);
  }, example);

  const lineOf = (text: string) => broken.split("\n").findIndex((line) => line.includes(text)) + 1;
  const at = (text: string, place: string) => `template.yaml:${lineOf(text)}: ${place}`;
  expect(refusedIn(broken).toSorted()).toEqual(
    [
      at("Conditions", "Conditions"),
      at("Maximum: 60", "Parameters.VisibilityTimeoutSeconds.Maximum"),
      at("Timeouts", "Globals.Function.Timeouts"),
      at("Retries", "Globals.Function.EventInvokeConfig.Retries"),
      at("{ Name: eventId", "Resources.Activations.Properties.KeySchema[0].Name"),
      at("DeduplicationScope", "Resources.Queue.Properties.DeduplicationScope"),
      at("maxReceiveCounts", "Resources.Queue.Properties.RedrivePolicy.maxReceiveCounts"),
      at("AWS::SNS::Topic", "Resources.Topic.Type is AWS::SNS::Topic, which"),
      at("TimeOut: 4", "Resources.Activate.Properties.TimeOut"),
      at("PackageType", "Resources.Activate.Properties.PackageType"),
      at("FilterCriteria", "Resources.Activate.Properties.Events.FromQueue.Properties.FilterCriteria"),
      at(
        "MaxConcurrency",
        "Resources.Activate.Properties.Events.FromQueue.Properties.ScalingConfig.MaxConcurrency",
      ),
      at("Targets", "Resources.Activate.Metadata.BuildProperties.Targets"),
      at("Values: 1", "Outputs.QueueUrl.Values"),
    ].toSorted(),
  );
});

it("reports all functions that are not emulated at once", () => {
  const broken = example.replace("!Ref VendorUrl", "!If [a, b, c]").replace("!Ref Activations", "!Join [a]");

  expect(refusedIn(broken)).toEqual([
    expect.stringMatching(/^template\.yaml:17: .*!If/),
    expect.stringMatching(/^template\.yaml:52: .*!Join/),
  ]);
});
