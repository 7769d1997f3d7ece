import { describe, expect, it } from "vitest";
import { inventedRun } from "#shared/testing/invented-run.ts";
import { activationOf, inventedTrace } from "#shared/testing/invented-trace.ts";
import type { InventedEvent } from "#shared/testing/invented-trace.ts";
import type { Trace, TraceHeader } from "#shared/trace.ts";
import { apply } from "./apply.ts";
import { countsOf, emptyScene, noCounts, rowsBy } from "./scene.ts";
import type { Scene } from "./scene.ts";
import { createTimeline } from "./timeline.ts";

const storm = { customers: 180, perSecond: 60, killAtMs: 1_500, everyNthTwice: 5, poison: [7], seed: 3 };
const runs = (["memory", "check", "lease"] as const).map((kind) => ({
  kind,
  timeline: createTimeline(inventedRun({ kind, ...storm })),
}));
const timelineOf = (events: readonly InventedEvent[], header?: Partial<TraceHeader>) =>
  createTimeline(inventedTrace(events, header));
const first = activationOf(1);

/** The scene at a moment, without jumps. */
function eventByEvent({ header, events }: Trace, untilMs: number): Scene {
  const scene = emptyScene(header);
  events.filter(({ atMs }) => atMs - header.startedAtMs <= untilMs).forEach((event) => apply(scene, event));
  return scene;
}

describe.each(runs)("an invented storm of $kind", ({ timeline }) => {
  it("is long enough to be copied on the way", () => {
    expect(timeline.trace.events.length).toBeGreaterThan(1_100);
  });

  it("is the same at a moment, whether you get there forwards, backwards or by a jump", () => {
    const moments = [0, 700, 1_502.5, 2_400, 3_100, 4_000, timeline.endMs];
    const forwards = moments.map((atMs) => structuredClone(timeline.at(atMs)));

    const backwards = moments
      .toReversed()
      .map((atMs) => structuredClone(timeline.at(atMs)))
      .toReversed();

    expect(backwards).toEqual(forwards);
    for (const [at, atMs] of moments.entries()) {
      expect(forwards[at]).toEqual(eventByEvent(timeline.trace, atMs));
    }
  });

  it("counts every activation once at every moment", () => {
    for (let atMs = 0; atMs <= timeline.endMs; atMs += 50) {
      const { accepted, works, onTheWay, lost, gaveUp, setAside } = countsOf(timeline.at(atMs));
      expect(works + onTheWay + lost + gaveUp + setAside).toBe(accepted);
    }
    expect(countsOf(timeline.last)).toMatchObject({ accepted: 180, onTheWay: 0 });
  });
});

it("loses what the killed API had in memory, at that moment", () => {
  const [memory] = runs.map(({ timeline }) => timeline);

  const before = countsOf(memory!.at(1_499.9));
  const after = countsOf(memory!.at(1_500));

  expect(before).toMatchObject({ lost: 0, onTheWay: expect.toSatisfy((count: number) => count > 3) });
  expect(after).toMatchObject({ lost: before.onTheWay, onTheWay: 0 });
  expect(memory!.bookmarks).toContainEqual({ atMs: 1_500, text: "kill API" });
  expect(memory!.bookmarks).toContainEqual(expect.objectContaining({ atMs: 1_500, text: "first loss" }));
});

it("has a message that is hidden until its recorded moment, with no one working on it", () => {
  const timeline = timelineOf([
    first.asked(0),
    first.claimed(1),
    first.sent(2),
    first.written(3, "api", "accepted"),
    first.answered(4, 202),
    first.delivered(10, { hiddenUntilMs: 6_010, to: "i-1" }),
    first.invoked(11, 7, "i-1"),
    first.returned(50, 7, "i-1", { outcome: "failed", failedRows: [1] }),
    first.hidden(51, "i-1", 2_051),
  ]);
  const whereAt = (atMs: number) =>
    Object.entries(rowsBy(timeline.at(atMs), atMs)).flatMap(([where, rows]) =>
      rows.length > 0 ? [where] : [],
    );

  expect([5, 20, 60, 2_050, 2_051].map(whereAt)).toEqual([
    ["waiting"],
    ["held"],
    ["hidden"],
    ["hidden"],
    ["waiting"],
  ]);
  expect(timeline.at(60).environments.get(7)?.macAddresses).toEqual([]);
  expect(countsOf(timeline.at(60))).toEqual({ ...noCounts(), accepted: 1, onTheWay: 1 });
});

it("calls it lost when its last message is deleted before the work is done, and otherwise set aside or given up", () => {
  const begun = [first.asked(0), first.claimed(1), first.sent(2), first.answered(4, 202)];

  const fates = [
    [...begun, first.deleted(50)],
    [...begun, first.written(40, "i-1", "active"), first.deleted(50)],
    [...begun, first.copied(10, 99), first.deleted(50)],
    [...begun, first.written(40, "i-1", "failed"), first.setAside(50, 99)],
    [...begun, first.written(40, "i-1", "failed"), first.deleted(50)],
    [...begun, first.setAside(50, 99), first.redriven(60, 99, 100)],
    [first.asked(0), first.answered(4, 503)],
    [first.asked(0)],
  ].map((events) => [...timelineOf(events).last.activations.values()].map(({ fate }) => fate));

  expect(fates.flat()).toEqual([
    "lost",
    "works",
    "onTheWay",
    "setAside",
    "gaveUp",
    "onTheWay",
    "error",
    "asking",
  ]);
});

it("calls nothing lost in its bookmarks if events were dropped", () => {
  const events = [first.asked(0), first.claimed(1), first.sent(2), first.answered(4, 202), first.deleted(50)];

  expect(timelineOf(events).bookmarks.map(({ text }) => text)).toEqual(["first loss"]);
  expect(timelineOf(events, { dropped: { aws: 1 } }).bookmarks).toEqual([]);
});

it("gives each call a place at the vendor, and counts a device that was provisioned twice once", () => {
  const timeline = timelineOf([
    first.asked(0),
    first.answered(1, 202),
    ...first.called(10, "i-1", 1, 100),
    ...first.called(20, "i-2", 2, 100),
    ...first.called(115, "i-3", 3, 100),
  ]);

  expect([...timeline.at(60).calls.values()].map(({ slot }) => slot)).toEqual([0, 1]);
  expect([...timeline.at(116).calls.values()].map(({ slot }) => slot)).toEqual([1, 0]);
  expect(countsOf(timeline.last).twice).toBe(1);
  expect(timeline.bookmarks).toEqual([{ atMs: 120, text: "first twice", macAddress: first.macAddress }]);
});

it("doesn't count what remains from before the trace, such as a warm-up", () => {
  const timeline = timelineOf([
    ...first.called(0, "i-1", 1, 100),
    ...first.called(20, "i-2", 2, 100),
    first.written(130, "i-2", "active"),
  ]);

  expect(countsOf(timeline.last)).toEqual(noCounts());
  expect(timeline.last).toMatchObject({ places: 0, works: [] });
});

it("steps from event to event, of all devices or of one", () => {
  const second = activationOf(2);
  const timeline = timelineOf([first.asked(0), second.asked(5), first.claimed(8), second.answered(9, 202)]);

  expect(timeline.next(0)).toBe(5);
  expect(timeline.next(0, first.macAddress)).toBe(8);
  expect(timeline.next(8, first.macAddress)).toBeUndefined();
  expect(timeline.previous(9, first.macAddress)).toBe(8);
  expect(timeline.previous(0)).toBeUndefined();
  expect(timeline.arrivals(2, 10)).toEqual([1, 1]);
});
