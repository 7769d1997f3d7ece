import type { RequestOutcome } from "#shared/results.ts";
import { askAgain, count } from "../load/closed-loop.ts";
import { reasonsForDistrust, watchClock } from "../load/clock.ts";
import { senderOf } from "../figures/run.ts";
import { arrivals } from "../plan/arrivals.ts";
import type { Sender } from "../load/sender.ts";
import { quantiles } from "../figures/statistics.ts";
import type { ClosedLoop, OpenLoop } from "./report.ts";
import { mostRequests } from "./wish.ts";
import type { Wish } from "./wish.ts";

const problemOf = (status: number) => (status >= 200 && status < 300 ? undefined : `answer ${status}`);

/** What do customers feel who come at their own pace? */
export async function openLoop(
  wish: Wish,
  rate: number,
  sender: Sender,
  enough: AbortSignal,
): Promise<OpenLoop> {
  const { url, method, headers, body, seconds, limitSeconds, seed } = wish;
  const errors = new Map<string, number>();
  const read = (status: number): { outcome: RequestOutcome } => {
    const problem = problemOf(status);
    if (problem === undefined) {
      return { outcome: "accepted" };
    }
    count(errors, problem);
    return { outcome: "failed" };
  };
  const moments = arrivals([{ perSecond: rate, seconds }], seed);
  const sent = await sender.send({
    url: url.href,
    method,
    headers,
    requests: moments.map((dueMs) => ({ dueMs, body, read })),
    limitMs: limitSeconds * 1_000,
    keepBytes: 0,
    enough,
  });
  const { answers } = sent;
  for (const { failure } of answers) {
    if (failure !== undefined) {
      count(errors, failure);
    }
  }
  const finishedMs = answers.flatMap(({ outcome, answeredMs, dueMs }) =>
    outcome === "accepted" && answeredMs !== null ? [answeredMs - dueMs] : [],
  );
  const { late, sender: howLate, reasons } = senderOf(sent);
  return {
    perSecond: rate,
    seconds,
    scheduled: moments.length,
    response: quantiles({ finishedMs, never: answers.length - finishedMs.length }),
    errors: Object.fromEntries(errors),
    sender: { lateP50Ms: late.p50Ms ?? 0, ...howLate },
    trustworthy: reasons.length === 0,
    reasons,
  };
}

/** How fast can it answer? */
export async function closedLoop(wish: Wish, connections: number, enough: AbortSignal): Promise<ClosedLoop> {
  const { url, method, headers, body, seconds, limitSeconds } = wish;
  const clock = watchClock();
  try {
    const { finishedMs, wrong, failures, answersPerSecond } = await askAgain({
      url: url.href,
      connections,
      warmupSeconds: 0,
      seconds,
      method,
      headers,
      body: () => body,
      check: (_place, status) => problemOf(status),
      maxRequests: mostRequests,
      limitSeconds,
      enough,
    });
    const errors = Object.fromEntries([...wrong, ...failures]);
    const never = Object.values(errors).reduce((sum, each) => sum + each, 0);
    const reasons = reasonsForDistrust(clock.read(), { maxMs: 0, count: 0 });
    return {
      connections,
      seconds,
      answersPerSecond,
      response: quantiles({ finishedMs, never }),
      errors,
      trustworthy: reasons.length === 0,
      reasons,
    };
  } finally {
    clock.stop();
  }
}
