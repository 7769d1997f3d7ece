import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { parseTemplate } from "./template.ts";

const example = readFileSync(new URL("./example.yaml", import.meta.url), "utf8");
const place = {
  file: resolve("template.yaml"),
  region: "us-east-1",
  accountId: "000000000000",
  queueUrl: (name: string) => `http://127.0.0.1:9/${name}`,
  parameters: { VendorUrl: "http://vendor" },
};
const timeout = "      Timeout: 4\n";
const events = /      Events:\n(?: {8}.*\n)+/;

/** The example's function without its queue, with additional lines. */
const functionWith = (...lines: string[]) => {
  const text = example
    .replace(events, "")
    .replace(timeout, () => timeout + lines.map((line) => `      ${line}\n`).join(""));
  return parseTemplate(text, place).functions[0];
};

describe("a function's settings for asynchronous invocations", () => {
  it("default to two retries and six hours, with nothing kept", () => {
    const found = functionWith();

    expect(found?.eventInvoke).toEqual({ maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600 });
    expect(found).not.toHaveProperty("reservedConcurrency");
  });

  it("are taken from the template", () => {
    const found = functionWith(
      "ReservedConcurrentExecutions: 7",
      "DeadLetterQueue: { Type: SQS, TargetArn: !GetAtt DeadLetterQueue.Arn }",
      "EventInvokeConfig:",
      "  MaximumRetryAttempts: 0",
      "  MaximumEventAgeInSeconds: 60",
      "  DestinationConfig: { OnFailure: { Type: SQS, Destination: !GetAtt Queue.Arn } }",
    );

    expect(found).toMatchObject({
      reservedConcurrency: 7,
      eventInvoke: {
        maximumRetryAttempts: 0,
        maximumEventAgeSeconds: 60,
        deadLetterQueue: "DeadLetterQueue",
        onFailureQueue: expect.stringContaining("work"),
      },
    });
  });

  it.each<[string, string[], RegExp]>([
    ["a third retry", ["EventInvokeConfig: { MaximumRetryAttempts: 3 }"], /:49: .*from 0 to 2, got 3\.$/],
    [
      "an event that is too old at once",
      ["EventInvokeConfig: { MaximumEventAgeInSeconds: 59 }"],
      /:49: .*from 60 to 21600, got 59\.$/,
    ],
    [
      "a topic as dead-letter queue",
      ["DeadLetterQueue: { Type: SNS, TargetArn: !GetAtt DeadLetterQueue.Arn }"],
      /:49: .*must be SQS, got SNS/,
    ],
    [
      "a queue that is not there",
      ['DeadLetterQueue: { Type: SQS, TargetArn: "arn:aws:sqs:us-east-1:000000000000:Other" }'],
      /:49: .*must be the Arn of a queue of this template/,
    ],
    [
      "a destination for what succeeds",
      ["EventInvokeConfig: { DestinationConfig: { OnSuccess: {} } }"],
      /:49: .*OnSuccess is not emulated: let the function itself say/,
    ],
    ["less than nobody", ["ReservedConcurrentExecutions: -1"], /:49: .*from 0 to 1000, got -1\.$/],
  ])("refuse %s", (_what, lines, problem) => {
    expect(() => functionWith(...lines)).toThrow(problem);
  });

  it("refuse reserved concurrency on a function with a queue, which has its own limit", () => {
    const text = example.replace(timeout, `${timeout}      ReservedConcurrentExecutions: 5\n`);

    expect(() => parseTemplate(text, place)).toThrow(
      /:49: .*ReservedConcurrentExecutions is emulated for asynchronous invocations only: limit the SQS event/,
    );
  });
});

describe("the file that a function is built from", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "take a ticket "))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const fileOf = (entryPoints: string) => {
    const text = example.replace("        EntryPoints: [handler.ts]\n", () => entryPoints);
    const found = parseTemplate(text, { ...place, file: join(folder, "template.yaml") }).functions[0];
    return relative(folder, found?.entryFile ?? "");
  };
  const listed = (file: string) => `        EntryPoints: [${file}]\n`;

  it("is the one that the template lists, in TypeScript or in JavaScript", () => {
    expect(
      ["handler.ts", "handler.js", "./handler.mjs", "src/handler.cjs"].map((file) => fileOf(listed(file))),
    ).toEqual(["handler.ts", "handler.js", "handler.mjs", join("src", "handler.cjs")]);
  });

  // As SAM does: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-using-build-typescript.html
  it("is found if the template leaves out its extension, or lists none", () => {
    expect([fileOf(""), fileOf(listed("handler"))]).toEqual(["handler.ts", "handler.ts"]);
    writeFileSync(join(folder, "handler.mjs"), "");
    expect(fileOf("")).toBe("handler.mjs");
    writeFileSync(join(folder, "handler.js"), "");
    expect([fileOf(""), fileOf(listed("handler"))]).toEqual(["handler.js", "handler.js"]);
    writeFileSync(join(folder, "handler.ts"), "");
    expect(fileOf("")).toBe("handler.ts");
  });
});
