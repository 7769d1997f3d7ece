import { SQSClient } from "@aws-sdk/client-sqs";
import type { Message } from "@aws-sdk/client-sqs";
import { Consumer } from "sqs-consumer";
import type { ConsumerOptions } from "sqs-consumer";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { eventually } from "#shared/testing/eventually.ts";
import { ManualClock } from "../sqs/testing/manual-clock.ts";
import { setStage } from "./fixtures/lambda-stage.ts";
import { bodies, isEmbedded, useTarget } from "./sqs-target.ts";

// Clients that others wrote for AWS and that people use. They know nothing of this SQS and this Lambda.

const visibilityTimeoutSeconds = 900;
const ways = ["one by one", "in batches"] as const;

// https://github.com/bbc/sqs-consumer
describe.runIf(isEmbedded)("sqs-consumer", () => {
  // Time passes only when the test says so, so a slow machine brings nothing back.
  const clock = new ManualClock();
  const target = useTarget(clock);

  const createQueue = async (...messages: string[]) => {
    const queueUrl = await target.createQueue({ VisibilityTimeout: `${visibilityTimeoutSeconds}` });
    await target.sendAll(queueUrl, messages);
    return queueUrl;
  };
  /** Visible, in flight, delayed. */
  const becomes = (queueUrl: string, counts: number[]) =>
    eventually(async () => expect(await target.counts(queueUrl)).toEqual(counts));

  /** Consumes until the test ends. `handle` returns what is to be deleted. Collects the batches it got, and what went wrong. */
  function consume(
    queueUrl: string,
    way: (typeof ways)[number],
    handle: (messages: Message[], batch: number) => Message[] | Promise<Message[]>,
    options: Partial<ConsumerOptions> = {},
  ) {
    const batches: { bodies: (string | undefined)[]; receiveCount: string | undefined }[] = [];
    const errors: string[] = [];
    const take = async (messages: Message[]) => {
      batches.push({
        bodies: bodies(messages),
        receiveCount: messages[0]?.Attributes?.ApproximateReceiveCount,
      });
      return await handle(messages, batches.length);
    };
    const consumer = Consumer.create({
      queueUrl,
      sqs: target.sqs,
      messageSystemAttributeNames: ["ApproximateReceiveCount"],
      ...(way === "one by one"
        ? { handleMessage: async (message) => (await take([message]))[0] }
        : { batchSize: 10, handleMessageBatch: take }),
      ...options,
    });
    consumer.on("error", ({ message }) => errors.push(message));
    consumer.on("processing_error", ({ message }) => errors.push(message));
    onTestFinished(() => consumer.stop({ abort: true }));
    consumer.start();
    return { batches, errors };
  }

  const failsOnce = (messages: Message[], batch: number) => {
    if (batch === 1) {
      throw new Error("thrown as ordered");
    }
    return messages;
  };

  it("handles messages one by one, and deletes them", async () => {
    const queueUrl = await createQueue("1", "2", "3");

    const { batches, errors } = consume(queueUrl, "one by one", (messages) => messages);

    await becomes(queueUrl, [0, 0, 0]);
    expect(batches.map((batch) => batch.bodies)).toEqual([["1"], ["2"], ["3"]]);
    expect(errors).toEqual([]);
  });

  it("handles a batch, deletes what was acknowledged, and gets the rest again after the visibility timeout", async () => {
    const queueUrl = await createQueue("1", "2", "3");

    const { batches, errors } = consume(queueUrl, "in batches", (messages, batch) =>
      messages.filter(({ Body }) => batch > 1 || Body !== "2"),
    );
    await becomes(queueUrl, [0, 1, 0]);
    clock.advance(visibilityTimeoutSeconds * 1_000);

    await becomes(queueUrl, [0, 0, 0]);
    expect(batches.map((batch) => batch.bodies)).toEqual([["1", "2", "3"], ["2"]]);
    expect(errors).toEqual([]);
  });

  it.each(ways)("gets a message whose handler threw again after the visibility timeout, %s", async (way) => {
    const queueUrl = await createQueue("x");

    const { batches, errors } = consume(queueUrl, way, failsOnce);
    await eventually(() => expect(errors).toEqual([expect.stringContaining("thrown as ordered")]));
    clock.advance(visibilityTimeoutSeconds * 1_000 - 1);
    const before = await target.counts(queueUrl);
    clock.advance(1);

    await becomes(queueUrl, [0, 0, 0]);
    expect(before).toEqual([0, 1, 0]);
    expect(batches.map(({ receiveCount }) => receiveCount)).toEqual(["1", "2"]);
  });

  it.each(ways)(
    "gets it again at once with terminateVisibilityTimeout, %s: no time passes here",
    async (way) => {
      const queueUrl = await createQueue("x");

      const { batches } = consume(queueUrl, way, failsOnce, { terminateVisibilityTimeout: true });

      await becomes(queueUrl, [0, 0, 0]);
      expect(batches.map(({ receiveCount }) => receiveCount)).toEqual(["1", "2"]);
    },
  );

  it.each(ways)("keeps a message hidden, %s, by its heartbeat, while the handler works", async (way) => {
    const queueUrl = await createQueue("x");
    const { sqs, beats } = countingBeats(target.url);
    let finish = () => {};
    const finished = new Promise<void>((resolve) => (finish = resolve));

    const { batches, errors } = consume(
      queueUrl,
      way,
      async (messages) => {
        await finished;
        return messages;
      },
      { sqs, visibilityTimeout: visibilityTimeoutSeconds, heartbeatInterval: 1 },
    );
    await becomes(queueUrl, [0, 1, 0]);
    clock.advance(600_000);
    // The first may have been under way before; the second begins after it.
    const after = beats() + 2;
    await eventually(() => expect(beats()).toBeGreaterThanOrEqual(after));
    clock.advance(600_000);
    const hidden = await target.counts(queueUrl);
    finish();

    await becomes(queueUrl, [0, 0, 0]);
    expect(hidden).toEqual([0, 1, 0]);
    expect(batches).toHaveLength(1);
    expect(errors).toEqual([]);
  });
});

/** A client that counts the changes of visibility timeouts that SQS has confirmed. */
function countingBeats(endpoint: string) {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const sqs = new SQSClient({ endpoint, region: "us-east-1", credentials });
  onTestFinished(() => sqs.destroy());
  let beats = 0;
  sqs.middlewareStack.add((next, { commandName = "" }) => async (input) => {
    const output = await next(input);
    beats += commandName.startsWith("ChangeMessageVisibility") ? 1 : 0;
    return output;
  });
  return { sqs, beats: () => beats };
}

// https://docs.aws.amazon.com/powertools/typescript/latest/features/batch/
describe("Powertools' batch processor, as the handler of a function", () => {
  let stage: Awaited<ReturnType<typeof setStage>>;
  beforeAll(async () => {
    stage = await setStage({ template: "powertools.yaml", consumers: false });
  });
  afterAll(() => stage.clear());

  /** The tags of each batch, in order. */
  const batches = () =>
    stage.lines.flatMap(({ line }) => (line.startsWith("[") ? [JSON.parse(line) as string[]] : []));

  it("names the one record of a batch that failed, and only that one comes back", async () => {
    const url = stage.aws.outputs["QUEUE_URL"];
    await stage.send(url, { tag: "a" }, { tag: "b", act: "throw" }, { tag: "c" });

    await stage.aws.enableMapping(true);

    await stage.ended("Powertools", 2);
    await eventually(async () => expect(await stage.tagsIn("Queue")).toEqual([]));
    await eventually(() => expect(batches()).toEqual([["a", "b", "c"], ["b"]]));
  });
});
