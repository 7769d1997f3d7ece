import { afterAll, beforeAll, expect, it } from "vitest";
import { startChapter } from "#shared/run/start-chapter.ts";
import { benchmark } from "./benchmark.ts";
import { startSender } from "./load/sender.ts";
import type { Sender } from "./load/sender.ts";
import { shortDay } from "./plan/plans.ts";
import { rowsFor } from "./plan/rows.ts";
import type { StartChapter } from "./trial/start.ts";

let sender: Sender;
beforeAll(async () => {
  sender = await startSender();
});
afterAll(() => sender.stop());

const nothing = () => {};
const chapter = { number: "02", name: "02-ticket", folder: "02-ticket" };

it("starts a system's next day only when its last one is over and read, and allows for its clock", async () => {
  const order: string[] = [];
  let days = 0;
  const start: StartChapter = async (options) => {
    const day = (days += 1);
    order.push(`start ${day}`);
    const running = await startChapter(options);
    const stop = () => running.stop().then(() => void order.push(`stop ${day}`));
    // As if its clock were two seconds behind this machine's.
    return { ...running, isShared: true, clockAheadMs: -2_000, stop };
  };
  const plan = {
    ...shortDay(2),
    customers: 10,
    phases: [{ perSecond: 10, seconds: 1 }],
    events: [],
    poison: [],
    everyNthTwice: 0,
    warmUpRepeats: 1,
  };

  const { failures, chapters } = await benchmark({
    rows: rowsFor([chapter]),
    plans: { day: plan },
    withClosedLoop: false,
    seed: 1,
    start,
    sender,
    log: nothing,
    progress: { begin: nothing, stage: nothing, say: nothing, end: nothing },
    signal: new AbortController().signal,
  });

  expect(failures).toEqual([]);
  // Otherwise it is started while the last one is drained, and would write over what that one is judged by.
  expect(order).toEqual(["start 1", "stop 1", "start 2", "stop 2"]);
  expect(chapters[0]?.day?.median.activation.p50Ms).toBeGreaterThan(2_000);
});
