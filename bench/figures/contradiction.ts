import type { ClosedLoopResult, Quantiles, Run } from "#shared/results.ts";
import { closedLoop as closedLoopPlan } from "../plan/plans.ts";
import { counted, spoken } from "./format.ts";

/** The open loop's figures for a server. */
interface OpenSays {
  perSecond: number;
  response: Pick<Quantiles, "count" | "never" | "p50Ms">;
  /** Of all answers. Undefined if there was none. */
  fastestMs?: number | undefined;
}

/** The closed loop's figures for it. */
interface ClosedSays extends Pick<ClosedLoopResult, "connections" | "answersPerSecond"> {
  response: Pick<Quantiles, "count" | "never">;
  /** The time limit for an answer. */
  limitMs: number;
}

// There are honest reasons for the loops to differ: they run one after the other, the closed one applies as much load as it can, and a
// machine with two cores and other work may slow either down ten times. We report only what none of that explains.

// Fewer requests prove nothing.
const fewest = 10;
// Chapters die and come back in the middle of a loop, and some requests have bad luck. All or nothing is neither.
const [nearlyAll, nearlyNone] = [0.9, 0.1];
// By Little's law, a server that takes `t` for every answer can't give more than `connections / t` answers a second. For `t` we use
// the open loop's fastest answer, not its median: a busy machine, a cold start and a backlog make many answers slow, but hardly ever
// all of them. Still, a process that gets few requests wakes up for each of them, which takes up to a few milliseconds; and under
// constant load it may be ten times as fast, with a warm cache or full batches.
const [wakeUpMs, atMostFaster] = [10, 10];

/** How two loops against the same server contradict each other, as reasons not to trust them. Empty if both can be right. */
export function contradictions(open: OpenSays, closed: ClosedSays): string[] {
  return [aboutAnswers(open, closed), aboutRates(open, closed)].filter((each) => each !== undefined);
}

const answered = ({ count, never }: Pick<Quantiles, "count" | "never">) => count - never;
const shareOf = (response: Pick<Quantiles, "count" | "never">) => answered(response) / response.count;

function aboutAnswers(open: OpenSays, closed: ClosedSays): string | undefined {
  if (open.response.count < fewest || closed.response.count < fewest) {
    return undefined;
  }
  // A server that can do much less than is asked may answer almost no one. At half its capacity, no more than a third find it busy
  // (Erlang's loss formula, one server).
  const onlyOpenFails =
    shareOf(closed.response) >= nearlyAll &&
    shareOf(open.response) <= nearlyNone &&
    open.perSecond <= closed.answersPerSecond / 2;
  // A server that refuses what it can't take at once still answers some. If it works on one request after the other, all may be late.
  const longestMs = closed.connections * (open.response.p50Ms ?? Infinity);
  const onlyClosedFails =
    shareOf(open.response) >= nearlyAll && answered(closed.response) === 0 && 3 * longestMs < closed.limitMs;
  if (!onlyOpenFails && !onlyClosedFails) {
    return undefined;
  }
  const ofAll = ({ response }: OpenSays | ClosedSays) =>
    `${answered(response)} of ${counted(response.count, "request")}`;
  return (
    `the two loops contradict each other: the open one had ${ofAll(open)} answered, the closed one ${ofAll(closed)}; ` +
    "the server limits how often it is asked, or changed meanwhile, or its answers are read wrong"
  );
}

function aboutRates(
  { fastestMs }: OpenSays,
  { connections, answersPerSecond }: ClosedSays,
): string | undefined {
  const leastMs = (fastestMs ?? 0) - wakeUpMs;
  if (fastestMs === undefined || leastMs <= 0) {
    return undefined;
  }
  const possible = (connections * 1_000) / leastMs;
  if (answersPerSecond <= atMostFaster * possible) {
    return undefined;
  }
  const most = Math.round((connections * 1_000) / fastestMs);
  return (
    `the two loops contradict each other: the closed one counts ${Math.round(answersPerSecond)} answers a second over ` +
    `${counted(connections, "connection")}, but no answer to the open one took less than ${spoken(fastestMs)}, which makes ` +
    `${most} a second at most; the server changed meanwhile, or its answers are read wrong`
  );
}

/** The same for a chapter's day and its closed loop. */
export function contradictionsOfDay(run: Run, closedLoop: ClosedLoopResult): string[] {
  const [firstMs = 0, lastMs = 0] = [run.customers[0]?.startMs, run.customers.at(-1)?.startMs];
  const [fastest] = run.percentiles;
  if (lastMs <= firstMs) {
    return [];
  }
  return contradictions(
    {
      perSecond: (run.customers.length * 1_000) / (lastMs - firstMs),
      response: run.response,
      fastestMs: fastest?.responseMs ?? undefined,
    },
    { ...closedLoop, limitMs: closedLoopPlan.limitSeconds * 1_000 },
  );
}
