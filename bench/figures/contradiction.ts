import type { ClosedLoopResult, Quantiles, Run } from "#shared/results.ts";
import { closedLoop as closedLoopPlan } from "../plan/plans.ts";
import { counted, spoken } from "./format.ts";

/** What the open loop says of a server. */
interface OpenSays {
  perSecond: number;
  response: Pick<Quantiles, "count" | "never" | "p50Ms">;
  /** Of all answers; undefined if there was none. */
  fastestMs?: number | undefined;
}

/** What the closed loop says of it. */
interface ClosedSays extends Pick<ClosedLoopResult, "connections" | "answersPerSecond"> {
  response: Pick<Quantiles, "count" | "never">;
  /** No answer takes longer. */
  limitMs: number;
}

// The two loops differ honestly: they come one after the other, the closed one brings as much load as it can, and a machine
// with two cores and other work on them may slow down either ten times. What is accused here is what none of that explains.

// From fewer requests nothing follows.
const fewest = 10;
// Chapters die and come back in the middle of a loop, and a part of the requests has bad luck. All or nothing is not that.
const [nearlyAll, nearlyNone] = [0.9, 0.1];
// By Little's law a server whose every answer takes `t` can't give more than `connections / t` a second. The fastest answer of
// the open loop stands for `t`, not its median: a busy machine, a cold start and a backlog make many answers slow, hardly ever all
// of them. Yet a process that is asked now and then wakes up for each answer, which costs up to some milliseconds; and what is
// asked all the time may run ten times as fast, from a warm cache or in full batches.
const [wakeUpMs, atMostFaster] = [10, 10];

/** In what two loops that asked the same server contradict each other, as reasons not to trust them; none if both can be right. */
export function contradictions(open: OpenSays, closed: ClosedSays): string[] {
  return [aboutAnswers(open, closed), aboutRates(open, closed)].filter((each) => each !== undefined);
}

const answered = ({ count, never }: Pick<Quantiles, "count" | "never">) => count - never;
const shareOf = (response: Pick<Quantiles, "count" | "never">) => answered(response) / response.count;

function aboutAnswers(open: OpenSays, closed: ClosedSays): string | undefined {
  if (open.response.count < fewest || closed.response.count < fewest) {
    return undefined;
  }
  // A server that can do much less than is asked of it may answer hardly anyone; at half of what it can do, no more than a third
  // find it busy (Erlang's loss formula, one server).
  const onlyOpenFails =
    shareOf(closed.response) >= nearlyAll &&
    shareOf(open.response) <= nearlyNone &&
    open.perSecond <= closed.answersPerSecond / 2;
  // One that is asked by more than it takes at once refuses the others, again and again, but it answers some; and if it works on
  // one after the other, all may be late.
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

/** The same of a chapter's day and its closed loop. */
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
