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
const phases = [{ perSecond: 10, seconds: 1 }];
const calmDay = {
  ...shortDay(2),
  customers: 10,
  phases,
  events: [],
  poison: [],
  everyNthTwice: 0,
  warmUpRepeats: 1,
};
/** The settings that both benchmarks share. */
const quietly = () => ({
  withClosedLoop: false,
  seed: 1,
  log: nothing,
  progress: { begin: nothing, stage: nothing, say: nothing, end: nothing },
  signal: new AbortController().signal,
});

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

  const said: string[] = [];
  const kept: unknown[] = [];
  const { failures, chapters } = await benchmark({
    rows: rowsFor([chapter]),
    ...quietly(),
    progress: { ...quietly().progress, say: (line) => void said.push(line) },
    plans: { day: calmDay },
    start,
    sender,
    keepTrace: async (of, { header }) => void kept.push({ ...of, header }),
  });

  expect(failures).toEqual([]);
  // What each kept trace is about.
  const about = { row: "02", seed: 1, plan: "the short day" };
  expect(kept).toMatchObject([
    { row: "02", part: "day", seed: 1, header: about },
    { row: "02", part: "day", seed: 2, header: { ...about, seed: 2 } },
  ]);
  // Otherwise it would start while the last day is being drained, and overwrite the evidence.
  expect(order).toEqual(["start 1", "stop 1", "start 2", "stop 2"]);
  expect(chapters[0]?.day?.median.activation.p50Ms).toBeGreaterThan(2_000);
  // The first day's figures are printed while the last day is still running.
  expect(said[0]).toMatch(
    /^02 ticket, day 1: answered in [\d.]+ms, device works after [\d.]+s \(p50\); paid nothing$/,
  );
});

it("repeats an unreliable day or rate at once, at most twice, and says how often and why", async () => {
  const starts: string[] = [];
  // The warm-up's requests set no start time, so nothing depends on their clock.
  const drifts = [900, 900, 900, 0, 900, 900, 900];
  const shaken: Sender = {
    ...sender,
    send: async (options) => {
      const sent = await sender.send(options);
      const driftMs = options.startAtMs === undefined ? 0 : (drifts.shift() ?? 0);
      // A busy machine may really make them late, which would be another doubt.
      const answers = sent.answers.map((answer) => ({ ...answer, lateMs: 0 }));
      return { ...sent, answers, clock: { longestPauseMs: 0, driftMs } };
    },
  };
  const sweep = { phases, drainMs: 1_500, warmUpRepeats: 1 };

  const { failures, chapters } = await benchmark({
    rows: rowsFor([{ number: "01", name: "01-synchronous", folder: "01-synchronous" }]),
    ...quietly(),
    plans: { day: calmDay, sweep },
    mostRepeats: 2,
    start: (options) => {
      starts.push(options.folder);
      return startChapter(options);
    },
    sender: shaken,
  });

  const reasons = ["the machine slept or its clock was set: the clocks moved apart by 900 ms"];
  const tries = (chapters[0]?.day?.runs ?? []).map(({ seed, discarded }) => [seed, discarded]);
  expect(failures).toEqual([]);
  expect(tries).toEqual([
    [1, [{ reasons }, { reasons }]],
    [2, undefined],
  ]);
  expect(chapters[0]?.sweep).toMatchObject([{ discarded: [{ reasons }, { reasons }], reasons }]);
  expect(starts).toHaveLength(5);
});
