import autocannon from "autocannon";
import { arrivals } from "../plan/arrivals.ts";
import { askAgain } from "../load/closed-loop.ts";
import type { OpenLoopResult, Sender } from "../load/sender.ts";
import { quantiles } from "../figures/statistics.ts";
import type { startTruth } from "./truths.ts";

type TruthServer = Awaited<ReturnType<typeof startTruth>>;

interface OpenLoopMeasured {
  /** From when a request was due. */
  response: ReturnType<typeof quantiles>;
  /** What the server reports about the same requests. */
  own: ReturnType<typeof quantiles>;
  late: ReturnType<typeof quantiles>;
  cpuShare: number;
  /** When each request was due. */
  momentsEpochMs: number[];
  meanMs: number;
}

interface TruthLoad {
  perSecond: number;
  seconds: number;
  seed: number;
  /** Not counted. Long enough, it makes the processes at both ends as fast as they get. */
  warmUpSeconds: number;
}

/** The open loop's figures for a server, and the server's own. By POST with a body, unless `method` is another. */
export async function measureOpenLoop(
  sender: Sender,
  server: TruthServer,
  { perSecond, seconds, seed, warmUpSeconds, method = "POST" }: TruthLoad & { method?: string },
): Promise<OpenLoopMeasured> {
  const send = async (moments: readonly number[]): Promise<{ startAtMs: number } & OpenLoopResult> => {
    const startAtMs = performance.now() + 100;
    const read = () => ({ outcome: "accepted" }) as const;
    const body = method === "POST" ? "{}" : "";
    const requests = moments.map((dueMs) => ({ dueMs, body, read }));
    return { startAtMs, ...(await sender.send({ url: server.url, method, requests, startAtMs })) };
  };
  await send(arrivals([{ perSecond, seconds: warmUpSeconds }], seed));
  await server.ownTimesMs();

  const moments = arrivals([{ perSecond, seconds }], seed);
  const { answers, cpuShare, startAtMs } = await send(moments);
  const finishedMs = answers.flatMap(({ answeredMs, dueMs }) =>
    answeredMs === null ? [] : [answeredMs - dueMs],
  );
  return {
    response: quantiles({ finishedMs, never: answers.length - finishedMs.length }),
    own: quantiles({ finishedMs: await server.ownTimesMs(), never: 0 }),
    late: quantiles({ finishedMs: answers.map(({ lateMs }) => lateMs), never: 0 }),
    cpuShare,
    momentsEpochMs: moments.map((dueMs) => performance.timeOrigin + startAtMs + dueMs),
    meanMs: meanOf(finishedMs),
  };
}

/** The mean of a list that is never empty. */
export const meanOf = (times: readonly number[]): number =>
  times.reduce((sum, ms) => sum + ms, 0) / times.length;

/** The closed loop's figures for a server, and the server's own. */
export async function measureClosedLoop(
  server: TruthServer,
  { connections, seconds, method }: { connections: number; seconds: number; method: string },
) {
  await server.ownTimesMs();
  const { finishedMs, failures, answersPerSecond } = await askAgain({
    url: server.url,
    connections,
    warmupSeconds: 0,
    seconds,
    method,
    body: () => "",
    check: () => undefined,
    maxRequests: 100_000,
  });
  const never = [...failures.values()].reduce((sum, each) => sum + each, 0);
  const ownMs = await server.ownTimesMs();
  return {
    response: quantiles({ finishedMs, never }),
    own: quantiles({ finishedMs: ownMs, never: 0 }),
    answersPerSecond,
    /** As many as connections that ask again at once can get, by Little's law. */
    possiblePerSecond: (connections * 1_000) / meanOf(ownMs),
  };
}

/** The median that autocannon's own rate mode reports. It must not be used, which is what this shows. */
export async function medianByRateMode(url: string, perSecond: number, seconds: number): Promise<number> {
  const { latency } = await autocannon({
    url,
    connections: perSecond,
    overallRate: perSecond,
    duration: seconds,
  });
  return latency.p50;
}

/**
 * How late this machine wakes a thread that only sleeps until its next moment: no sender can be earlier. Blocks the calling
 * thread.
 */
export function wakeLateness({ perSecond, seconds, seed }: TruthLoad) {
  const never = new Int32Array(new SharedArrayBuffer(4));
  const startAtMs = performance.now();
  const lateMs = arrivals([{ perSecond, seconds }], seed).map((dueMs) => {
    const leftMs = startAtMs + dueMs - performance.now();
    // Never notified, so it ends with its timeout, which may have fractions of a millisecond.
    Atomics.wait(never, 0, 0, Math.max(leftMs, 0));
    return Math.max(performance.now() - startAtMs - dueMs, 0);
  });
  return quantiles({ finishedMs: lateMs, never: 0 });
}
