import { describe, expect, it } from "vitest";
import { contradictions } from "./contradiction.ts";

type Open = Parameters<typeof contradictions>[0];
type Closed = Parameters<typeof contradictions>[1];

// A server that always takes 50 ms for an answer.
const open = ({ perSecond = 10, count = 100, never = 0, p50Ms = 50.7, fastestMs = 50.2 }) =>
  ({
    perSecond,
    response: { count, never, p50Ms: never > count / 2 ? null : p50Ms },
    fastestMs,
  }) satisfies Open;
const closed = ({ connections = 10, answersPerSecond = 197, count = 1_970, never = 0, limitMs = 10_000 }) =>
  ({ connections, answersPerSecond, response: { count, never }, limitMs }) satisfies Closed;

describe("two loops contradict each other", () => {
  it.each<[what: string, open: Open, closed: Closed, says: RegExp]>([
    [
      "where one takes an informational answer for the final one",
      open({}),
      closed({ answersPerSecond: 8_026 }),
      /^the two loops contradict each other: the closed one counts 8026 answers a second over 10 connections, but no answer to the open one took less than 50 ms, which makes 199 a second at most; /,
    ],
    [
      "where the closed one waits for a body that doesn't come",
      open({}),
      closed({ answersPerSecond: 0, count: 10, never: 10 }),
      /: the open one had 100 of 100 requests answered, the closed one 0 of 10 requests; /,
    ],
    [
      "where the open one reads none of the answers that the closed one reads",
      open({ never: 95, fastestMs: 50 }),
      closed({}),
      /: the open one had 5 of 100 requests answered, the closed one 1970 of 1970 requests; /,
    ],
  ])("%s", (_what, one, other, says) => {
    expect(contradictions(one, other)).toEqual([expect.stringMatching(says)]);
  });
});

describe("two loops don't contradict each other", () => {
  it.each<[what: string, open: Open, closed: Closed]>([
    ["where both find the same", open({}), closed({})],
    [
      // As measured for 01 and 07 in the reference.
      "where a chapter's vendor decides, or its processor",
      open({ p50Ms: 428, fastestMs: 160, count: 80, never: 14 }),
      closed({ answersPerSecond: 15, count: 36 }),
    ],
    [
      "where a chapter's processor decides",
      open({ p50Ms: 17, fastestMs: 9, count: 80 }),
      closed({ answersPerSecond: 93, count: 147 }),
    ],
    [
      "where a process with few requests wakes up for each of them",
      open({ p50Ms: 14, fastestMs: 10, perSecond: 1, count: 10 }),
      closed({ connections: 1, answersPerSecond: 9_000, count: 90_000 }),
    ],
    [
      "where a busy machine made the open one's answers slow, nine of ten of them",
      open({ p50Ms: 900, fastestMs: 12 }),
      closed({ answersPerSecond: 4_000, count: 40_000 }),
    ],
    [
      "where the machine was busy during the closed one",
      open({ p50Ms: 1, fastestMs: 0.4 }),
      closed({ answersPerSecond: 3, count: 30 }),
    ],
    [
      "where ten at once are served from full batches, or a warm cache",
      open({}),
      closed({ answersPerSecond: 2_000, count: 20_000 }),
    ],
    [
      "where more is asked than can be done, and hardly anyone is answered",
      open({ perSecond: 150, count: 1_500, never: 1_400, fastestMs: 50 }),
      closed({}),
    ],
    [
      "where one of ten connections is let in, and the others are refused again and again",
      open({}),
      closed({ answersPerSecond: 20, count: 40_000, never: 39_800 }),
    ],
    [
      "where ten that are served one after the other are all too late",
      open({ perSecond: 1, p50Ms: 600, fastestMs: 500, count: 10 }),
      closed({ answersPerSecond: 0, count: 20, never: 20, limitMs: 1_000 }),
    ],
    ["where an API was dead for half of the time", open({ never: 50 }), closed({})],
    ["where a server died with the last requests of the closed one", open({}), closed({ never: 10 })],
    [
      "where there are too few to tell",
      open({ count: 9 }),
      closed({ count: 9, never: 9, answersPerSecond: 0 }),
    ],
    [
      "where nothing is answered",
      open({ never: 100 }),
      closed({ answersPerSecond: 0, count: 5_000, never: 5_000 }),
    ],
  ])("%s", (_what, one, other) => {
    expect(contradictions(one, other)).toEqual([]);
  });
});
