import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SqsService } from "#shared/local-aws/sqs/service.ts";
import { ManualClock } from "#shared/local-aws/sqs/testing/manual-clock.ts";
import { Counter } from "#shared/vendor-simulator/counter.ts";
import { Ledger } from "#shared/vendor-simulator/ledger.ts";
import { drawCall, usualWeather } from "#shared/vendor-simulator/weather.ts";
import { seededRandom } from "../../plan/arrivals.ts";
import { Mapping } from "./consumers.ts";
import { designOf } from "./designs.ts";
import { Queue } from "./queue.ts";
import type { Delivery } from "./queue.ts";
import { Life, Simulation } from "./simulation.ts";
import type { Task } from "./simulation.ts";
import { System } from "./system.ts";
import { Vendor } from "./vendor.ts";
import type { VendorAnswer } from "./vendor.ts";

test("the queue delivers what the embedded SQS does, over 2,000 random operations", async () => {
  const random = seededRandom(1);
  const upTo = (limit: number) => Math.floor(random() * limit);
  const clock = new ManualClock();
  const service = new SqsService({ clock });
  const asideArn = service.createQueue("aside", {}).arn;
  const redrive = JSON.stringify({ deadLetterTargetArn: asideArn, maxReceiveCount: 3 });
  const real = service.createQueue("work", { VisibilityTimeout: "30", RedrivePolicy: redrive });
  real.deliverTwice(5, [0, 2_000]);
  const simulation = new Simulation();
  const queue = new Queue(simulation, {
    visibilityMs: 30_000,
    maxReceiveCount: 3,
    everyNthTwice: 5,
    copyDelaysMs: [0, 2_000],
  });
  const taken: { receiptHandle: string; delivery: Delivery }[] = [];
  let sent = 0;
  const operations: (() => void | Promise<void>)[] = [
    () => {
      real.send({ body: String(sent) });
      queue.send(sent);
      sent += 1;
    },
    async () => {
      const maximum = 1 + upTo(10);
      const expected = await real.receive({ maxNumberOfMessages: maximum });
      const deliveries = queue.take(maximum);
      expect(
        deliveries.map(({ message, receiveCount }) => [String(message.activation), receiveCount]),
      ).toEqual(expected.map(({ body, attributes }) => [body, Number(attributes.ApproximateReceiveCount)]));
      expected.forEach(({ receiptHandle }, at) =>
        taken.push({ receiptHandle, delivery: deliveries[at] as Delivery }),
      );
    },
    () => {
      const [any] = taken.splice(upTo(taken.length), 1);
      if (any !== undefined) {
        real.delete(any.receiptHandle);
        queue.delete(any.delivery);
      }
    },
    () => {
      const any = taken[upTo(taken.length)];
      if (any?.delivery.message.place !== undefined) {
        const seconds = upTo(60);
        real.changeVisibility(any.receiptHandle, seconds);
        queue.hide(any.delivery, seconds * 1_000);
      }
    },
    () => {
      const ms = upTo(10_000);
      clock.advance(ms);
      simulation.runUntil(simulation.nowMs + ms);
    },
  ];
  for (let count = 0; count < 2_000; count += 1) {
    await operations[upTo(operations.length)]?.();
  }
  expect(queue.setAside.length).toBeGreaterThan(10);
  expect(queue.messages()).toHaveLength(real.messages().length);
});

describe("the vendor", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  test.each([true, false])("answers as the simulator's counter does (key honoured: %s)", async (honours) => {
    const random = seededRandom(2);
    const weather = {
      ...usualWeather,
      failureRate: 0.1,
      honoursIdempotencyKey: honours,
      capacity: 5,
      line: 5,
    };
    // Twice its capacity, so that the line is full at times and some give up in it. Some devices come again.
    const visits = Array.from({ length: 120 }, (_, at) => ({
      atMs: Math.round(at * 50 + random() * 40),
      device: `00-00-5E-00-00-${String(Math.floor(random() * 90) + 10)}`,
      patienceMs: random() < 0.2 ? 211 : 3_000,
    }));
    const expected: [VendorAnswer, number][] = [];
    const counter = new Counter(weather, new Ledger());
    const startMs = Date.now();
    visits.forEach(({ atMs, device, patienceMs }, at) =>
      setTimeout(() => {
        const visit = counter.ask(device, device);
        const note = (answer: VendorAnswer) => (expected[at] ??= [answer, Date.now() - startMs]);
        void visit.answer.then((given) =>
          note(given !== "cut" && given.status === 201 ? "provisioned" : "failed"),
        );
        setTimeout(() => {
          visit.leave();
          note("silent");
        }, patienceMs);
      }, atMs),
    );
    await vi.advanceTimersByTimeAsync(10_000);

    const simulation = new Simulation();
    // Timers have whole milliseconds.
    const vendor = new Vendor(simulation, weather, (...call) => {
      const { delayMs, fails } = drawCall(...call);
      return { delayMs: Math.trunc(delayMs), fails };
    });
    const found: [VendorAnswer, number][] = [];
    const call = function* ({ device, patienceMs }: (typeof visits)[number], at: number): Task {
      const life = new Life();
      const answer = yield* vendor.provision(life, { device, key: device, patienceMs });
      found[at] = [answer, simulation.nowMs];
    };
    visits.forEach((visit, at) =>
      simulation.at(visit.atMs, () => simulation.start(new Life(), call(visit, at))),
    );
    simulation.runUntil(60_000);

    expect(found).toEqual(expected);
    expect(new Set(found.map(([answer]) => answer))).toEqual(new Set(["provisioned", "failed", "silent"]));
  });
});

test.each([
  ["05", 8],
  ["07", 0],
])("%s provisions %i of 80 devices twice when eight come twice and nothing is killed", (id, doubled) => {
  const own = { p50Ms: 3, p90Ms: 5 };
  const system = new System({
    design: designOf(id),
    inputs: {
      api: own,
      call: own,
      invocation: own,
      vendorWayMs: 6,
      coldStartMs: 250,
      killMs: 0,
      restartMs: 0,
      redriveMs: 0,
    },
    weather: usualWeather,
    dueMs: Array.from({ length: 80 }, (_, at) => at * 100),
    queue: { everyNthTwice: 10, copyDelaysMs: [0, 100] },
    seed: 1,
  });
  const mapping = new Mapping(system);
  for (const [at, { dueMs }] of system.activations.entries()) {
    system.simulation.at(dueMs, () => system.queue.send(at));
  }
  system.simulation.runUntil(60_000);

  const twice = [...system.vendor.provisionings.values()].filter((count) => count > 1);
  expect([twice.length, system.queue.messages().length, mapping.environments.length > 0]).toEqual([
    doubled,
    0,
    true,
  ]);
});
