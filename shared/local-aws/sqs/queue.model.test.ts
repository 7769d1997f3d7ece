import { expect, it } from "vitest";
import type { Queue } from "./queue.ts";
import type { ReceivedMessage } from "./message.ts";
import { SqsService } from "./service.ts";
import { ManualClock } from "./testing/manual-clock.ts";
import { seededRandom } from "./testing/seeded-random.ts";

interface ModelRow {
  id: string;
  visibleAtMs: number;
  sentAtMs: number;
  receives: number;
}

/** The rules of a queue in their simplest form: a list that is searched for everything. */
class NaiveQueue {
  rows: ModelRow[] = [];
  readonly retentionMs: number;

  constructor(retentionMs: number) {
    this.retentionMs = retentionMs;
  }

  visible(nowMs: number): ModelRow[] {
    return this.#living(nowMs)
      .filter(({ visibleAtMs }) => visibleAtMs <= nowMs)
      .toSorted((one, other) => one.visibleAtMs - other.visibleAtMs);
  }

  counts(nowMs: number) {
    const living = this.#living(nowMs);
    const hidden = living.filter(({ visibleAtMs }) => visibleAtMs > nowMs);
    const inFlight = hidden.filter(({ receives }) => receives > 0).length;
    return { visible: living.length - hidden.length, inFlight, delayed: hidden.length - inFlight };
  }

  #living(nowMs: number): ModelRow[] {
    this.rows = this.rows.filter(({ sentAtMs }) => nowMs < sentAtMs + this.retentionMs);
    return this.rows;
  }
}

const operations = 5_000;
const visibilityTimeoutMs = 30_000;

it.each([1, 2, 3])("agrees with a naive model over 5,000 random operations (seed %i)", async (seed) => {
  const random = seededRandom(seed);
  const upTo = (limit: number) => Math.floor(random() * limit);
  const clock = new ManualClock();
  const queue: Queue = new SqsService({ clock }).createQueue("work", { MessageRetentionPeriod: "600" });
  const model = new NaiveQueue(600_000);
  // Every handle so far: the latest of each message, and those it replaced.
  const handles: { receiptHandle: string; row: ModelRow; receive: number }[] = [];

  const send = () => {
    const delaySeconds = random() < 0.3 ? upTo(60) : 0;
    const { messageId, sentAtMs } = queue.send({ body: "", delaySeconds }).content;
    model.rows.push({ id: messageId, sentAtMs, visibleAtMs: sentAtMs + delaySeconds * 1_000, receives: 0 });
  };
  const receive = async () => {
    const nowMs = clock.nowMs();
    const maxNumberOfMessages = 1 + upTo(10);
    const expected = model.visible(nowMs).slice(0, maxNumberOfMessages);
    const received = await queue.receive({ maxNumberOfMessages });
    const describe = ({ messageId, attributes }: ReceivedMessage) =>
      `${messageId} for the ${attributes.ApproximateReceiveCount}. time`;
    expect(received.map(describe)).toEqual(
      expected.map(({ id, receives }) => `${id} for the ${receives + 1}. time`),
    );
    expected.forEach((row, index) => {
      row.receives += 1;
      row.visibleAtMs = nowMs + visibilityTimeoutMs;
      handles.push({ receiptHandle: received[index]?.receiptHandle ?? "", row, receive: row.receives });
    });
  };
  const remove = () => {
    const any = handles[upTo(handles.length)];
    if (any !== undefined) {
      queue.delete(any.receiptHandle);
      model.rows = model.rows.filter((row) => row !== any.row || any.receive !== row.receives);
    }
  };
  const changeVisibility = () => {
    const any = handles[upTo(handles.length)];
    const nowMs = clock.nowMs();
    if (any === undefined || !model.rows.includes(any.row)) {
      return;
    }
    const seconds = upTo(60);
    queue.changeVisibility(any.receiptHandle, seconds);
    // Sometimes with an older handle.
    if (any.row.visibleAtMs > nowMs) {
      any.row.visibleAtMs = nowMs + seconds * 1_000;
    }
  };
  const pass = () => clock.advance(upTo(5_000));

  const choices: (() => void | Promise<void>)[] = [send, send, receive, remove, changeVisibility, pass];
  for (let count = 0; count < operations; count += 1) {
    await choices[upTo(choices.length)]?.();
    expect(queue.counts()).toMatchObject(model.counts(clock.nowMs()));
  }

  expect(queue.messages().map(({ messageId }) => messageId)).toEqual(model.rows.map(({ id }) => id));
});
