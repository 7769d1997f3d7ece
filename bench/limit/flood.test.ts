import { describe, expect, it } from "vitest";
import { readFlood } from "./flood.ts";

/** This many devices that begin to work, evenly from one second to another. */
const working = (count: number, fromSeconds: number, toSeconds: number) =>
  Array.from(
    { length: count },
    (_, at) => 1_000 * (fromSeconds + ((at + 0.5) / count) * (toSeconds - fromSeconds)),
  );
const flood = { seconds: 8, came: 160, left: 0 };

describe("the throughput in a flood", () => {
  it("is what was done a second after the first one, in which some have to start again", () => {
    const activationsAtMs = [...working(2, 0, 1), ...working(70, 1, 8)];

    expect(readFlood({ ...flood, activationsAtMs }).throughputPerSecond).toBe(10);
  });

  it("leaves out what was done before the flood and after it", () => {
    const activationsAtMs = [...working(30, -2, 0), ...working(70, 1, 8), ...working(50, 8.1, 12)];

    expect(readFlood({ ...flood, activationsAtMs })).toEqual({ throughputPerSecond: 10, isBound: true });
  });

  it("is 0 if nothing was done after the first second", () => {
    expect(readFlood({ ...flood, activationsAtMs: working(5, 0, 1) }).throughputPerSecond).toBe(0);
  });
});

describe("the throughput is a bound", () => {
  const done = (count: number) => working(count, 0, 8);

  it("if much less was done than came", () => {
    expect(readFlood({ ...flood, activationsAtMs: done(80) }).isBound).toBe(true);
  });

  it("but not if the system kept up: it might do more", () => {
    expect(readFlood({ ...flood, activationsAtMs: done(160) }).isBound).toBe(false);
    // The last ones who came are still at work when the flood ends.
    expect(readFlood({ ...flood, activationsAtMs: done(150) }).isBound).toBe(false);
  });

  // On a busy machine the burst isn't done yet, and so the flood after it is small.
  it("also if it did all that came in a small flood, while a burst was left that came, too", () => {
    const small = { seconds: 8, came: 40, activationsAtMs: done(40) };

    expect(readFlood({ ...small, left: 50 }).isBound).toBe(true);
    expect(readFlood({ ...small, left: 0 }).isBound).toBe(false);
  });

  it("but not if it did what the burst had left, and what came", () => {
    expect(readFlood({ seconds: 8, came: 40, left: 50, activationsAtMs: done(88) }).isBound).toBe(false);
  });
});
