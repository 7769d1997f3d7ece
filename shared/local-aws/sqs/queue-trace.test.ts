import { expect, it } from "vitest";
import { TraceRecorder } from "#shared/tracing/recorder.ts";
import type { ReceivedMessage } from "./message.ts";
import { SqsService } from "./service.ts";
import { ManualClock } from "./testing/manual-clock.ts";

const body = JSON.stringify({ eventId: "e-1", macAddress: "00-01" });
const retentionSeconds = 600;

function opened() {
  const clock = new ManualClock();
  const trace = new TraceRecorder("aws", 256);
  const sqs = new SqsService({ clock, trace });
  const dead = sqs.createQueue("dead");
  const work = sqs.createQueue("work", {
    VisibilityTimeout: "30",
    MessageRetentionPeriod: String(retentionSeconds),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 }),
  });
  const receive = async (from = work) =>
    (await from.receive({ maxNumberOfMessages: 1, by: "worker" })) as [ReceivedMessage, ...ReceivedMessage[]];
  const noted = () =>
    trace
      .read()
      .events.map(({ atMs: _at, part: _part, seq: _seq, ...event }): Record<string, unknown> => event);
  return { clock, sqs, dead, work, receive, noted };
}

it("records a message's life: until when it is hidden, and who asked for it", async () => {
  const { clock, work, receive, noted } = opened();
  const startMs = clock.nowMs();
  const { messageId } = work.send({ body, delaySeconds: 5, by: "api" }).content;
  clock.advance(5_000);
  const [{ receiptHandle }] = await receive();
  work.changeVisibility(receiptHandle, 2, "i-1");
  clock.advance(2_000);
  const [later] = await receive();
  work.delete(receiptHandle, "worker");
  work.delete(later.receiptHandle, "worker");
  work.delete(later.receiptHandle, "worker");

  const row = { queue: "work", row: 1 };
  expect(noted()).toEqual([
    {
      kind: "sent",
      ...row,
      eventId: "e-1",
      macAddress: "00-01",
      messageId,
      visibleAtMs: startMs + 5_000,
      by: "api",
    },
    { kind: "delivered", ...row, receiveCount: 1, hiddenUntilMs: startMs + 35_000, by: "worker" },
    { kind: "hidden", ...row, hiddenUntilMs: startMs + 7_000, by: "i-1" },
    { kind: "delivered", ...row, receiveCount: 2, hiddenUntilMs: startMs + 37_000, by: "worker" },
    // An older handle, then the right one, then one whose message is gone.
    { kind: "notDeleted", ...row, by: "worker" },
    { kind: "deleted", ...row, by: "worker" },
    { kind: "notDeleted", ...row, by: "worker" },
  ]);
});

it("records the rows of copies, of messages set aside and redriven, and of those that expire or are purged", async () => {
  const { clock, sqs, dead, work, receive, noted } = opened();
  work.deliverTwice(1, [200]);
  work.send({ body });
  work.deliverTwice(0, []);
  await receive();
  clock.advance(30_000);
  await Promise.all([receive(), receive()]);
  clock.advance(30_000);
  await receive();
  sqs.moveTasks.start({
    sourceArn: dead.arn,
    destinationArn: undefined,
    maxNumberOfMessagesPerSecond: undefined,
  });
  clock.advance(1_000);
  work.purge();
  work.send({ body });
  clock.advance(retentionSeconds * 1_000);
  work.counts();

  const ofRow = (kinds: string[]) => noted().filter(({ kind }) => kinds.includes(String(kind)));
  const startMs = clock.nowMs() - 61_000 - retentionSeconds * 1_000;
  expect(ofRow(["copied", "setAside", "redriven", "purged", "expired"])).toEqual([
    { kind: "copied", queue: "work", row: 1, copy: 2, visibleAtMs: startMs + 200 },
    { kind: "setAside", queue: "work", row: 1, to: "dead", newRow: 3, receiveCount: 2 },
    { kind: "redriven", queue: "dead", row: 3, to: "work", newRow: 4 },
    { kind: "purged", queue: "work", row: 2 },
    { kind: "purged", queue: "work", row: 4 },
    { kind: "expired", queue: "work", row: 5 },
  ]);
});

it("records a send that a FIFO queue drops, with the row that it has already", async () => {
  const { sqs, receive, noted } = opened();
  const queue = sqs.createQueue("work.fifo", { FifoQueue: "true" });
  const systemAttributes = { MessageGroupId: "00-01", MessageDeduplicationId: "e-1" };
  queue.deliverTwice(1, [0]);
  queue.send({ body, systemAttributes, by: "api" });
  queue.send({ body, systemAttributes, by: "api" });
  const [{ receiptHandle }] = await receive(queue);
  queue.delete(receiptHandle, "worker");
  queue.send({ body, systemAttributes, by: "api" });

  const [{ row } = {}] = noted();
  expect(noted().map((event) => [event["kind"], event["row"], event["by"]])).toEqual([
    ["sent", row, "api"],
    ["deduplicated", row, "api"],
    ["delivered", row, "worker"],
    // On a standard queue this trouble makes the message come twice.
    ["deduplicated", row, ""],
    ["deleted", row, "worker"],
    ["deduplicated", row, "api"],
  ]);
});
