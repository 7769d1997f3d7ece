// The same instrument for any URL: `npm run measure URL`, or `npm run -s measure URL json` for other programs.
import { exitCodeOfCtrlC, onStopSignal, runCommand } from "#shared/command.ts";
import { expectServer, whyNotReached } from "../load/connection.ts";
import { startSender } from "../load/sender.ts";
import { measurementLines, measurementSchema } from "./report.ts";
import type { ClosedLoop, Measurement, OpenLoop } from "./report.ts";
import { mostRequests, readWish } from "./wish.ts";
import type { Wish } from "./wish.ts";
import type { RequestOutcome } from "#shared/results.ts";
import { askAgain, count } from "../load/closed-loop.ts";
import { reasonsForDistrust, watchClock } from "../load/clock.ts";
import { senderOf } from "../figures/run.ts";
import { arrivals } from "../plan/arrivals.ts";
import type { Sender } from "../load/sender.ts";
import { contradictions } from "../figures/contradiction.ts";
import { capitalized } from "../figures/format.ts";
import { quantiles } from "../figures/statistics.ts";

runCommand(async (argv, env) => {
  const wish = readWish(argv, env);
  await expectServer(wish.url);
  const enough = new AbortController();
  const letEnd = onStopSignal(() => {
    // A second Ctrl-C ends it at once.
    letEnd();
    enough.abort();
  });
  const { measured, isGone } = await measure(wish, enough.signal);
  const isComplete = !enough.signal.aborted && !isGone;
  const contradictory = isComplete ? contradictionsIn(wish, measured) : [];
  if (contradictory.length > 0) {
    distrust(measured);
  }

  const report = measurementSchema.parse({
    ...measured,
    complete: isComplete,
    problems: [...problemsOf(wish, measured, isGone), ...contradictory],
    finishedAt: new Date().toISOString(),
  } satisfies Measurement);
  console.log(wish.json ? JSON.stringify(report, null, 2) : measurementLines(report).join("\n"));
  if (enough.signal.aborted) {
    process.exitCode = exitCodeOfCtrlC;
  } else if (!report.trustworthy || report.problems.length > 0) {
    process.exitCode = 1;
  }
});

type Loops = Omit<Measurement, "complete" | "problems" | "finishedAt">;

async function measure(wish: Wish, enough: AbortSignal) {
  const { url, method, seed, limitSeconds, rate, connections, seconds } = wish;
  const measured: Loops = {
    schemaVersion: 1,
    url: url.href,
    method,
    seed,
    limitSeconds,
    startedAt: new Date().toISOString(),
    trustworthy: true,
  };
  let isGone = false;
  if (rate !== undefined && !enough.aborted) {
    say(`Open loop: ${rate} a second for ${seconds} s; Ctrl-C stops and shows what was measured.`);
    const sender = await startSender();
    try {
      measured.openLoop = await openLoop(wish, rate, sender, enough);
    } finally {
      await sender.stop();
    }
    isGone = await hasGone(url, measured.openLoop.errors);
  }
  if (connections !== undefined && !enough.aborted && !isGone) {
    say(
      `Closed loop: ${connections} connections for ${seconds} s; Ctrl-C stops and shows what was measured.`,
    );
    measured.closedLoop = await closedLoop(wish, connections, enough);
    isGone = await hasGone(url, measured.closedLoop.errors);
  }
  const loops = [measured.openLoop, measured.closedLoop];
  measured.trustworthy = loops.every((loop) => loop?.trustworthy ?? true);
  return { measured, isGone };
}

async function hasGone(url: URL, errors: Record<string, number>): Promise<boolean> {
  const isSuspect = Object.keys(errors).some((kind) => !kind.startsWith("answer"));
  return isSuspect && (await whyNotReached(url)) !== undefined;
}

/** Why the figures mean little, in sentences. Empty if they are what was wanted. */
function problemsOf({ url }: Wish, { openLoop: open, closedLoop: closed }: Loops, isGone: boolean): string[] {
  const problems = isGone
    ? [`The server at ${url.href} died during the measurement: see the errors above.`]
    : [];
  for (const loop of [open, closed]) {
    if (loop !== undefined && loop.response.count > 0 && loop.response.count === loop.response.never) {
      const kinds = Object.keys(loop.errors).join(", ");
      problems.push(
        `Expected answers of 2xx, got none but ${kinds}; see whether the URL, \`method\` and \`body\` are right.`,
      );
    }
  }
  return [...new Set(problems)];
}

/** How the loops contradict each other, in sentences. */
function contradictionsIn({ limitSeconds }: Wish, { openLoop: open, closedLoop: closed }: Loops): string[] {
  return open === undefined || closed === undefined
    ? []
    : contradictions(open, { ...closed, limitMs: limitSeconds * 1_000 }).map(
        (reason) => `${capitalized(reason)}.`,
      );
}

/** If two loops contradict each other one is wrong, and we don't know which. */
function distrust(measured: Loops): void {
  measured.trustworthy = false;
  for (const loop of [measured.openLoop, measured.closedLoop]) {
    if (loop !== undefined) {
      loop.trustworthy = false;
      loop.reasons.push("the other loop contradicts it, see below");
    }
  }
}

/** To stderr, since another program may read the figures. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

const problemOf = (status: number) => (status >= 200 && status < 300 ? undefined : `answer ${status}`);

/** Measures what customers experience who come at their own pace. */
async function openLoop(wish: Wish, rate: number, sender: Sender, enough: AbortSignal): Promise<OpenLoop> {
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
    ...(finishedMs.length > 0 && { fastestMs: finishedMs.reduce((least, ms) => Math.min(least, ms)) }),
    errors: Object.fromEntries(errors),
    sender: { lateP50Ms: late.p50Ms ?? 0, ...howLate },
    trustworthy: reasons.length === 0,
    reasons,
  };
}

/** Measures how fast the server can answer. */
async function closedLoop(wish: Wish, connections: number, enough: AbortSignal): Promise<ClosedLoop> {
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
