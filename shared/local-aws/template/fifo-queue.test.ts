import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";

import { parseTemplate } from "./template.ts";

const standard = readFileSync(new URL("./example.yaml", import.meta.url), "utf8");
const batch = "            BatchSize: 4";
/** The example with FIFO queues that have no name. */
const example = standard
  .replace('      QueueName: !Sub "${AWS::StackName}-work"', () => "      FifoQueue: true")
  .replace(
    "  DeadLetterQueue:\n    Type: AWS::SQS::Queue\n",
    (found) => `${found}    Properties: { FifoQueue: true }\n`,
  );
const place = {
  file: resolve("template.yaml"),
  region: "us-east-1",
  accountId: "000000000000",
  queueUrl: (name: string) => `http://127.0.0.1:9/${name}`,
  parameters: { VendorUrl: "http://vendor" },
};
const parse = (find: string | RegExp = "", put = "") => {
  const text = example.replace(find, () => put);
  expect(text === example).toBe(put === "");
  return parseTemplate(text, place);
};

it("becomes queues with FIFO attributes and names", () => {
  const { queues, functions, outputs } = parse();

  expect(queues).toMatchObject([
    { name: "DeadLetterQueue.fifo", attributes: { FifoQueue: "true", ContentBasedDeduplication: "false" } },
    {
      name: "Queue.fifo",
      deadLetterQueue: "DeadLetterQueue.fifo",
      attributes: { FifoQueue: "true", ContentBasedDeduplication: "false", VisibilityTimeout: "24" },
    },
  ]);
  expect(functions[0]?.eventSources[0]?.queueName).toBe("Queue.fifo");
  expect(outputs).toMatchObject({ QUEUE_URL: "http://127.0.0.1:9/Queue.fifo" });
});

it("accepts the name of a FIFO queue, and deduplication by content", () => {
  const asked = "      FifoQueue: true\n      QueueName: orders.fifo\n      ContentBasedDeduplication: true";
  const { queues } = parse("      FifoQueue: true", asked);

  expect(queues[1]).toMatchObject({ name: "orders.fifo", attributes: { ContentBasedDeduplication: "true" } });
});

it("makes no FIFO queue of FifoQueue: false", () => {
  const plain = standard.replace("      QueueName:", () => "      FifoQueue: false\n      QueueName:");

  expect(parseTemplate(plain, place).queues[1]?.attributes).not.toHaveProperty("FifoQueue");
});

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
it.each<[string, string, RegExp]>([
  ["a batch of 11", "            BatchSize: 11", /:59: .*BatchSize of a FIFO queue is 10 at most, got 11\.$/],
  [
    "a window",
    `${batch}\n            MaximumBatchingWindowInSeconds: 1`,
    /:60: .*can't be had with a FIFO queue: leave it out, got 1\.$/,
  ],
])("refuses %s", (_what, put, sentence) => {
  expect(() => parse(batch, put)).toThrow(sentence);
});

it("refuses to send asynchronous events to a FIFO queue", () => {
  const put = "      Timeout: 4\n      DeadLetterQueue: { Type: SQS, TargetArn: !GetAtt Queue.Arn }";

  expect(() => parse("      Timeout: 4", put)).toThrow(/:50: .*needs a standard queue/);
});
