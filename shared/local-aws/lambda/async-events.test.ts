import { describe, expect, it } from "vitest";

import { ManualClock } from "../sqs/testing/manual-clock.ts";
import { AsyncEvents, retryDelaysSecondsOnAws, type AsyncSettings, type Discarded } from "./async-events.ts";
import type { InvocationOutcome } from "./execution-environment.ts";

const answered: InvocationOutcome = { kind: "answered", payload: "null" };
const failed: InvocationOutcome = {
  kind: "failed",
  error: { errorType: "Error", errorMessage: "as ordered" },
};

/** A function whose invocations end as the test orders, on a clock that the test moves. */
function setStage(settings: Partial<AsyncSettings> = {}) {
  const clock = new ManualClock();
  const startMs = clock.nowMs();
  const stage = { outcome: answered as InvocationOutcome, isThrottled: false };
  const invokedAfterSeconds: number[] = [];
  const discarded: Discarded[] = [];
  const events = new AsyncEvents({
    function: {
      get isThrottled() {
        return stage.isThrottled;
      },
      async invoke() {
        invokedAfterSeconds.push((clock.nowMs() - startMs) / 1_000);
        return stage.outcome;
      },
    },
    maximumRetryAttempts: 2,
    maximumEventAgeSeconds: 21_600,
    retryDelaysSeconds: retryDelaysSecondsOnAws,
    onDiscard: (each) => {
      discarded.push(each);
      return undefined;
    },
    clock,
    ...settings,
  });
  events.enable();
  /** Moves the clock second by second, so that the effects of one invocation come before the next. */
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) {
      await settled();
      clock.advance(1_000);
    }
    await settled();
  };
  return { clock, stage, events, invokedAfterSeconds, discarded, pass };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
describe("asynchronous events", () => {
  it("are done with one invocation that succeeds", async () => {
    const { events, invokedAfterSeconds, discarded, pass } = setStage();
    events.put("{}");
    await pass(300);

    expect(invokedAfterSeconds).toEqual([0]);
    expect(events.events()).toEqual([]);
    expect(discarded).toEqual([]);
  });

  it("are retried one minute after the first error and two after the second, then given up", async () => {
    const { stage, events, invokedAfterSeconds, discarded, pass } = setStage();
    stage.outcome = failed;
    const requestId = events.put('{"a":1}');
    await pass(600);

    expect(invokedAfterSeconds).toEqual([0, 60, 180]);
    expect(discarded).toEqual([
      {
        event: expect.objectContaining({ requestId, payload: '{"a":1}', invokeCount: 3 }),
        condition: "RetriesExhausted",
        lastOutcome: failed,
      },
    ]);
    expect(events.events()).toEqual([]);
  });

  it.each([0, 1])("are retried %i times if the function's settings say so", async (maximumRetryAttempts) => {
    const { stage, events, invokedAfterSeconds, discarded, pass } = setStage({ maximumRetryAttempts });
    stage.outcome = failed;
    events.put("{}");
    await pass(600);

    expect(invokedAfterSeconds).toHaveLength(maximumRetryAttempts + 1);
    expect(discarded).toHaveLength(1);
  });

  it("wait for a throttled function, twice as long each time up to five minutes, and use up no retry on it", async () => {
    const { stage, events, invokedAfterSeconds, discarded, pass } = setStage();
    stage.isThrottled = true;
    stage.outcome = failed;
    events.put("{}");
    await pass(10);
    // Throttled at 0, 1, 3 and 7 s, so the next attempt is at 15 s.
    expect(events.events()).toMatchObject([{ throttleCount: 4, invokeCount: 0, state: "waiting" }]);

    stage.isThrottled = false;
    await pass(600);

    expect(invokedAfterSeconds).toEqual([15, 75, 195]);
    expect(discarded).toMatchObject([{ condition: "RetriesExhausted" }]);
  });

  it("are given up once they are too old, even if they never ran", async () => {
    const { stage, events, discarded, pass } = setStage({ maximumEventAgeSeconds: 100 });
    stage.isThrottled = true;
    events.put("{}");
    await pass(99);
    expect(discarded).toEqual([]);
    await pass(1);

    expect(discarded).toEqual([
      { event: expect.objectContaining({ invokeCount: 0 }), condition: "EventAgeExceeded" },
    ]);
  });

  it("never wait longer than five minutes for a throttled function", async () => {
    const { stage, events, pass } = setStage();
    stage.isThrottled = true;
    events.put("{}");
    // 1 + 2 + ... + 256 s are 511 s for nine throttles, then 300 s for each.
    await pass(511 + 2 * 300);

    expect(events.events()).toMatchObject([{ throttleCount: 12 }]);
  });

  it("wait while invocations are disabled, and go on afterwards", async () => {
    const { events, invokedAfterSeconds, pass } = setStage();
    await events.disable();
    events.put("{}");
    await pass(30);
    expect(invokedAfterSeconds).toEqual([]);
    expect(events.events()).toHaveLength(1);

    events.enable();
    await pass(1);

    expect(invokedAfterSeconds).toEqual([30]);
    expect(events.events()).toEqual([]);
  });

  it("come twice when asked to, with the same request id", async () => {
    const { stage, events, invokedAfterSeconds, discarded, pass } = setStage();
    stage.outcome = failed;
    events.deliverTwice(2, [5_000]);
    events.put('"once"');
    const requestId = events.put('"twice"');
    await pass(600);

    expect(invokedAfterSeconds).toEqual([0, 0, 5, 60, 60, 65, 180, 180, 185]);
    expect(discarded.filter(({ event }) => event.requestId === requestId)).toHaveLength(2);
    expect(events.received).toBe(3);
  });
});
