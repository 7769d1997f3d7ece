import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";

import { environmentName, parseTemplate } from "./template.ts";

const example = readFileSync(new URL("./example.yaml", import.meta.url), "utf8");
const file = resolve("chapters/09-example/template.yaml");
const queueUrl = (name: string) => `http://127.0.0.1:9/${name}`;
const place = { file, region: "us-east-1", accountId: "000000000000", queueUrl };

describe("a template", () => {
  it("names its stack after its folder, within the rules for queue names", () => {
    const inFolderWithSpaces = { ...place, file: resolve("my own copy/template.yaml") };

    const { queues } = parseTemplate(example, {
      ...inFolderWithSpaces,
      parameters: { VendorUrl: "http://vendor" },
    });

    expect(queues.map(({ name }) => name)).toEqual(["DeadLetterQueue", "my-own-copy-work"]);
  });

  it("becomes queues, tables, functions and variables", () => {
    const parameters = { VendorUrl: "http://vendor", VisibilityTimeoutSeconds: "6" };

    const stack = parseTemplate(example, { ...place, parameters });

    expect(stack).toEqual({
      queues: [
        { name: "DeadLetterQueue", attributes: {} },
        {
          name: "09-example-work",
          deadLetterQueue: "DeadLetterQueue",
          attributes: {
            VisibilityTimeout: "6",
            RedrivePolicy: JSON.stringify({
              deadLetterTargetArn: "arn:aws:sqs:us-east-1:000000000000:DeadLetterQueue",
              maxReceiveCount: 5,
            }),
          },
        },
      ],
      tables: [
        {
          TableName: "Activations",
          BillingMode: "PAY_PER_REQUEST",
          AttributeDefinitions: [{ AttributeName: "eventId", AttributeType: "S" }],
          KeySchema: [{ AttributeName: "eventId", KeyType: "HASH" }],
        },
      ],
      functions: [
        {
          name: "Activate",
          entryFile: resolve(file, "../handler.ts"),
          exportName: "handler",
          timeoutSeconds: 4,
          runtime: "nodejs24.x",
          memoryMegabytes: 128,
          variables: { VENDOR_URL: "http://vendor", TABLE: "Activations" },
          eventSources: [
            {
              queueName: "09-example-work",
              batchSize: 4,
              batchingWindowSeconds: 0,
              maximumConcurrency: 5,
              reportsBatchItemFailures: true,
              enabled: true,
            },
          ],
          eventInvoke: { maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600 },
        },
      ],
      outputs: {
        QUEUE_URL: "http://127.0.0.1:9/09-example-work",
        DEAD_LETTER_QUEUE_ARN: "arn:aws:sqs:us-east-1:000000000000:DeadLetterQueue",
      },
      parameters: { VisibilityTimeoutSeconds: "6", VendorUrl: "http://vendor" },
      overrides: { VisibilityTimeoutSeconds: "6" },
      ignored: [
        "Activations.DeletionPolicy (line 21)",
        "Activate.Metadata.BuildProperties.Target (line 43)",
        "Activate.Policies (line 49)",
      ],
    });
  });

  it("names its outputs as environment variables", () => {
    const names = ["QueueUrl", "DeadLetterQueueUrl", "DLQUrl", "DevicesTable", "Table2Name"];

    expect(names.map(environmentName)).toEqual([
      "QUEUE_URL",
      "DEAD_LETTER_QUEUE_URL",
      "DLQ_URL",
      "DEVICES_TABLE",
      "TABLE2_NAME",
    ]);
  });
});
