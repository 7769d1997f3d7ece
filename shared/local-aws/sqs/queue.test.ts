import { beforeEach, describe, expect, it } from "vitest";
import type { Queue } from "./queue.ts";
import type { ReceivedMessage } from "./message.ts";
import { SqsService } from "./service.ts";
import { ManualClock } from "./testing/manual-clock.ts";

let clock: ManualClock;
let sqs: SqsService;
let queue: Queue;

beforeEach(() => {
  clock = new ManualClock();
  sqs = new SqsService({ clock });
  queue = sqs.createQueue("work", { VisibilityTimeout: "30" });
});

const receive = (from = queue, maxNumberOfMessages = 10) => from.receive({ maxNumberOfMessages });
const bodies = (messages: ReceivedMessage[]) => messages.map(({ body }) => body);
const empty = { visible: 0, inFlight: 0, delayed: 0, oldestAgeSeconds: 0 };

describe("time", () => {
  it("hides a received message for exactly its visibility timeout", async () => {
    queue.send({ body: "a" });
    await receive();

    clock.advance(29_999);
    const before = bodies(await receive());
    clock.advance(1);

    expect([before, bodies(await receive())]).toEqual([[], ["a"]]);
  });

  it("counts visible, delayed and in flight without anyone polling", async () => {
    queue.send({ body: "visible" });
    queue.send({ body: "delayed", delaySeconds: 60 });
    await receive();
    queue.send({ body: "visible too" });

    clock.advance(10_000);
    const early = queue.counts();
    clock.advance(50_000);

    expect(early).toEqual({ visible: 1, inFlight: 1, delayed: 1, oldestAgeSeconds: 10 });
    expect(queue.counts()).toEqual({ visible: 3, inFlight: 0, delayed: 0, oldestAgeSeconds: 60 });
  });

  it("drops a message when its retention ends, in flight or not, without anyone polling", async () => {
    queue.setAttributes({ MessageRetentionPeriod: "60", VisibilityTimeout: "43200" });
    queue.send({ body: "in flight" });
    await receive();
    queue.send({ body: "waiting" });

    clock.advance(59_999);
    const before = queue.messages().map(({ body, state }) => [body, state]);
    clock.advance(1);

    expect(before).toEqual([
      ["in flight", "inFlight"],
      ["waiting", "visible"],
    ]);
    expect([queue.counts(), queue.messages(), await receive()]).toEqual([empty, [], []]);
  });

  it("wakes a long poll when a visibility timeout runs out", async () => {
    queue.send({ body: "a" });
    await receive();
    clock.advance(15_000);
    const poll = queue.receive({ maxNumberOfMessages: 10, waitTimeSeconds: 20 });
    // The poll sets its timer in the next turn.
    await new Promise((resolve) => setImmediate(resolve));

    clock.advance(15_000);

    expect(bodies(await poll)).toEqual(["a"]);
  });

  it("never delivers the same message twice in one answer, not even with a visibility timeout of 0", async () => {
    queue.send({ body: "a" });

    const messages = await queue.receive({ maxNumberOfMessages: 10, visibilityTimeoutSeconds: 0 });

    expect(bodies(messages)).toEqual(["a"]);
    expect(queue.counts().visible).toBe(1);
  });
});

describe("long polls", () => {
  it("are served in the order they came, and the others keep waiting", async () => {
    const ended: string[] = [];
    const poll = async (name: string) => {
      const messages = await queue.receive({ maxNumberOfMessages: 10, waitTimeSeconds: 20 });
      ended.push(`${name} got ${bodies(messages).join()}`);
    };
    const all = [poll("first"), poll("second"), poll("third")];

    queue.send({ body: "1" });
    await all[0];
    queue.send({ body: "2" });
    await all[1];
    clock.advance(20_000);
    await all[2];

    expect(ended).toEqual(["first got 1", "second got 2", "third got "]);
  });

  it("are never overtaken by later ones", async () => {
    const first = queue.receive({ maxNumberOfMessages: 1, waitTimeSeconds: 20 });
    queue.send({ body: "a" });
    const second = queue.receive({ maxNumberOfMessages: 1, waitTimeSeconds: 20 });

    expect(bodies(await first)).toEqual(["a"]);
    clock.advance(20_000);
    expect(await second).toEqual([]);
  });

  it("that are aborted get nothing, and the message goes to the next", async () => {
    const gone = new AbortController();
    const aborted = queue.receive({ maxNumberOfMessages: 1, waitTimeSeconds: 20, signal: gone.signal });
    const patient = queue.receive({ maxNumberOfMessages: 1, waitTimeSeconds: 20 });

    queue.send({ body: "a" });
    // In the same turn as the message: the news that a client left may come just after it.
    gone.abort();

    expect(await aborted).toEqual([]);
    expect(bodies(await patient)).toEqual(["a"]);
  });
});
