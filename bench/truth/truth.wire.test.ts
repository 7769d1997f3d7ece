import { afterAll, beforeAll, it } from "vitest";
import { askAgain } from "../load/closed-loop.ts";
import { startSender } from "../load/sender.ts";
import type { Sender } from "../load/sender.ts";
import { quantiles } from "../figures/statistics.ts";
import { meanOf, measureClosedLoop, measureOpenLoop, medianByRateMode } from "./instrument.ts";
import { oddAnswers, startTruth, truthOfStall } from "./truths.ts";
import type { OddAnswer } from "./truths.ts";

// Other tests run at the same time. This looks for wrong logic, which is off by half and more. `npm run bench:truth` looks for
// milliseconds.
const load = { perSecond: 100, seconds: 1.5, seed: 1, warmUpSeconds: 0.2 };
// A machine that stands still for a moment spoils one measurement; wrong logic spoils all of them.
const tries = { retry: 4 };
const nearTo = (truth: number) => ({ atLeast: truth * 0.85, atMost: truth * 1.15 + 100 });

let sender: Sender;
beforeAll(async () => {
  sender = await startSender();
});
afterAll(() => sender.stop());

async function start(
  truth: Parameters<typeof startTruth>[0],
  onTestFinished: (stop: () => Promise<void>) => void,
) {
  const server = await startTruth(truth);
  onTestFinished(server.stop);
  return server;
}

it.concurrent(
  "measures a fixed delay as the server itself does",
  tries,
  async ({ expect, onTestFinished }) => {
    const server = await start({ kind: "fixed", delayMs: 500 }, onTestFinished);

    const { response, own } = await measureOpenLoop(sender, server, load);

    const { atLeast, atMost } = nearTo(500);
    expect(own.count).toBe(response.count);
    expect(response.p50Ms).toBeGreaterThan(atLeast);
    expect(response.p50Ms).toBeLessThan(atMost);
  },
);

it.concurrent("measures both modes of a server that has two", tries, async ({ expect, onTestFinished }) => {
  const server = await start(
    { kind: "two modes", fastMs: 5, slowMs: 800, shareOfSlow: 0.2, seed: 1 },
    onTestFinished,
  );

  const { response } = await measureOpenLoop(sender, server, load);

  expect(response.p50Ms).toBeLessThan(200);
  expect(response.p90Ms).toBeGreaterThan(nearTo(800).atLeast);
  expect(response.p90Ms).toBeLessThan(nearTo(800).atMost);
});

it.concurrent(
  "shows all of a stall, most of which the closed loop hides",
  tries,
  async ({ expect, onTestFinished }) => {
    const stall = { kind: "stall", serviceMs: 5, everyMs: 2_500, forMs: 1_000 } as const;
    const truth = { ...stall, endsAtEpochMs: performance.timeOrigin + performance.now() };
    const server = await start(truth, onTestFinished);

    const [{ response, momentsEpochMs }, closed] = await Promise.all([
      measureOpenLoop(sender, server, { ...load, seconds: 2.5 }),
      askAgain({
        url: server.url,
        connections: 5,
        warmupSeconds: 0,
        seconds: 2.5,
        method: "GET",
        body: () => "",
        check: () => undefined,
        maxRequests: 100_000,
      }),
    ]);
    const right = quantiles({ finishedMs: truthOfStall(truth, momentsEpochMs), never: 0 });

    const { atLeast, atMost } = nearTo(right.p90Ms ?? 0);
    expect(response.p90Ms).toBeGreaterThan(atLeast);
    expect(response.p90Ms).toBeLessThan(atMost);
    // Five of many hundred requests saw the stall, which kept four of ten customers waiting.
    expect(quantiles({ finishedMs: closed.finishedMs, never: 0 }).p90Ms).toBeLessThan((right.p90Ms ?? 0) / 2);
  },
);

it.concurrent(
  "counts a stall once: what was due in it waits until it ends, and nothing is added",
  tries,
  async ({ expect, onTestFinished }) => {
    const stall = { kind: "stall", serviceMs: 5, everyMs: 1_500, forMs: 1_000 } as const;
    const truth = { ...stall, endsAtEpochMs: performance.timeOrigin + performance.now() };
    const server = await start(truth, onTestFinished);

    const { response, meanMs, momentsEpochMs } = await measureOpenLoop(sender, server, load);

    const right = meanOf(truthOfStall(truth, momentsEpochMs));
    expect(response).toMatchObject({ count: momentsEpochMs.length, never: 0 });
    expect(meanMs).toBeGreaterThan(right * 0.85);
    expect(meanMs).toBeLessThan(right * 1.15 + 60);
  },
);

it.concurrent.for(Object.keys(oddAnswers) as OddAnswer[])(
  "reads an answer that an instrument may misread, by both loops: %s",
  tries,
  async (answer, { expect, onTestFinished }) => {
    const server = await start({ kind: "odd HTTP", answer, delayMs: 100 }, onTestFinished);
    const { method } = oddAnswers[answer];

    const open = await measureOpenLoop(sender, server, { ...load, perSecond: 20, seconds: 0.5, method });
    const closed = await measureClosedLoop(server, { connections: 2, seconds: 0.5, method });

    for (const { own, response } of [open, closed]) {
      expect(response).toMatchObject({ count: own.count, never: 0 });
      expect(response.p50Ms).toBeGreaterThan(98);
    }
    expect(closed.answersPerSecond).toBeGreaterThan(2);
    expect(closed.answersPerSecond).toBeLessThan(closed.possiblePerSecond * 1.15);
  },
);

it.concurrent(
  "can't use autocannon's rate mode: it reports about half of what every answer took",
  tries,
  async ({ expect, onTestFinished }) => {
    const alwaysMs = 500;
    const server = await start({ kind: "fixed", delayMs: alwaysMs }, onTestFinished);

    const reported = await medianByRateMode(server.url, 100, 3);

    expect(reported).toBeGreaterThan(alwaysMs * 0.3);
    expect(reported).toBeLessThan(alwaysMs * 0.8);
  },
);
