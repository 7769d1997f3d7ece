import { describe, expect, it } from "vitest";
import { eventually } from "#shared/testing/eventually.ts";
import { ManualClock } from "../sqs/testing/manual-clock.ts";
import { bodies, isEmbedded, useTarget } from "./sqs-target.ts";

const daySeconds = 86_400;

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
describe("counts", () => {
  const target = useTarget();

  it("are right without anyone polling: a delay ends, a visibility timeout runs out", async () => {
    const QueueUrl = await target.createQueue({ VisibilityTimeout: "4" });
    await target.send(QueueUrl, "in flight");
    await target.receiveOne(QueueUrl);
    await target.send(QueueUrl, "visible");
    await target.send(QueueUrl, "delayed", { DelaySeconds: 4 });

    await eventually(async () => expect(await target.counts(QueueUrl)).toEqual([1, 1, 1]));

    await eventually(async () => expect(await target.counts(QueueUrl)).toEqual([3, 0, 0]));
  });
});

describe.runIf(isEmbedded)("retention (embedded only: elsewhere it takes at least a minute)", () => {
  const clock = new ManualClock();
  const target = useTarget(clock);
  const retention = (seconds: number) => ({ MessageRetentionPeriod: `${seconds}` });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html (MessageRetentionPeriod)
  it("deletes a message when its time is over, waiting or in flight", async () => {
    const QueueUrl = await target.createQueue(retention(60));
    await target.sendAll(QueueUrl, ["in flight", "visible"]);
    await target.receiveOne(QueueUrl, { VisibilityTimeout: 43_200 });

    clock.advance(59_999);
    const before = await target.counts(QueueUrl);
    clock.advance(1);

    expect([before, await target.counts(QueueUrl)]).toEqual([
      [1, 1, 0],
      [0, 0, 0],
    ]);
    expect(await target.receive(QueueUrl)).toEqual([]);
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
  it("counts from the first sending in a dead-letter queue too: of four days, three are left after one in the source queue", async () => {
    const deadLetterUrl = await target.createQueue(retention(4 * daySeconds));
    const policy = { deadLetterTargetArn: await target.arnOf(deadLetterUrl), maxReceiveCount: 1 };
    const RedrivePolicy = JSON.stringify(policy);
    const QueueUrl = await target.createQueue({
      VisibilityTimeout: "0",
      RedrivePolicy,
      ...retention(4 * daySeconds),
    });
    await target.send(QueueUrl, "poison");
    clock.advance(daySeconds * 1_000);
    await target.receive(QueueUrl);
    await target.receive(QueueUrl);

    clock.advance(3 * daySeconds * 1_000 - 1);
    const before = await target.counts(deadLetterUrl);
    clock.advance(1);

    expect([before, await target.counts(deadLetterUrl)]).toEqual([
      [1, 0, 0],
      [0, 0, 0],
    ]);
  });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues-at-least-once-delivery.html
describe.runIf(isEmbedded)(
  "at-least-once delivery (embedded only: you can't order duplicates on AWS)",
  () => {
    const target = useTarget();

    it("redelivers every second message on request, with the same id, even if the first copy was deleted", async () => {
      const QueueUrl = await target.createQueue();
      target.embedded?.service.queueNamed(QueueUrl.split("/").at(-1) ?? "")?.deliverTwice(2, [100]);
      await target.sendAll(QueueUrl, ["1", "2", "3", "4"]);
      const first = await target.receive(QueueUrl);
      await Promise.all(first.map(({ ReceiptHandle = "" }) => target.delete(QueueUrl, ReceiptHandle)));

      const again = await target.receive(QueueUrl, { WaitTimeSeconds: 5 });
      if (again.length === 1) {
        // A long poll ends with the first message, and the second may be due a millisecond later.
        again.push(...(await target.receive(QueueUrl, { WaitTimeSeconds: 5 })));
      }

      expect([bodies(first), bodies(again)]).toEqual([
        ["1", "2", "3", "4"],
        ["2", "4"],
      ]);
      expect(again.map(({ MessageId }) => MessageId)).toEqual([first[1]?.MessageId, first[3]?.MessageId]);
    });
  },
);
