import { readAnswer } from "./answers.ts";
import { Connections, refused, requestBytes } from "./connection.ts";
import type { OutgoingRequest } from "./connection.ts";

interface ClosedLoopOptions {
  url: string;
  connections: number;
  /** Answers to requests in these first seconds don't count. */
  warmupSeconds: number;
  seconds: number;
  /** The time limit for an answer. After it the request counts as unanswered. Default 10. */
  limitSeconds?: number;
  /** Each request asks for another device. When all are used up, the measurement ends. */
  devices: readonly { customerId: string; macAddress: string }[];
  signal?: AbortSignal;
}

interface ClosedLoopAnswers {
  finishedMs: number[];
  /** How many requests got no answer. */
  never: number;
  answersPerSecond: number;
}

/**
 * Measures how fast the server can answer if every device is requested once. Gives response times only. Rejects if an answer is
 * wrong, since its time would mean nothing.
 */
export async function measureClosedLoop(options: ClosedLoopOptions): Promise<ClosedLoopAnswers> {
  const { url, connections, warmupSeconds, seconds, limitSeconds, devices, signal } = options;
  const deviceOf = (place: number) => devices[place % devices.length];
  const { finishedMs, wrong, failures, answersPerSecond } = await askAgain({
    url,
    connections,
    warmupSeconds,
    seconds,
    headers: { "content-type": "application/json" },
    body: (place) => JSON.stringify(deviceOf(place)),
    check: (place, status, body) => {
      const { outcome, problem } = readAnswer(status, body, deviceOf(place)?.macAddress ?? "");
      return problem ?? (outcome === "accepted" ? undefined : `answer ${status}`);
    },
    // Never request a device twice: that would be another kind of request.
    maxRequests: devices.length - connections,
    ...(limitSeconds !== undefined && { limitSeconds }),
    ...(signal !== undefined && { signal }),
  });
  const [first] = wrong.keys();
  if (first !== undefined) {
    throw new Error(`closed loop: ${sumOf(wrong)} answers were wrong, the first: ${first}`);
  }
  return { finishedMs, never: sumOf(failures), answersPerSecond };
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, each) => sum + each, 0);
}

export interface AskAgainOptions {
  url: string;
  connections: number;
  /** Answers to requests in these first seconds don't count. */
  warmupSeconds: number;
  seconds: number;
  /** Default POST. */
  method?: string;
  headers?: Readonly<Record<string, string>>;
  /** The body of the n-th request, from 0. */
  body: (place: number) => string;
  /** What is wrong with the n-th answer. Undefined if it is as expected. */
  check: (place: number, status: number, body: string) => string | undefined;
  /** The measurement ends after this many requests. */
  maxRequests: number;
  /** The time limit for an answer. After it the request counts as unanswered. Default 10. */
  limitSeconds?: number;
  /** Stops at once, and the call rejects with its reason. */
  signal?: AbortSignal;
  /** Stops at once, and the result contains what had come by then. */
  enough?: AbortSignal;
}

export interface AskedAgain {
  /** Response times of the expected answers. */
  finishedMs: number[];
  /** The other answers, counted by what was wrong. */
  wrong: Map<string, number>;
  /** Requests without an answer, counted by what happened. */
  failures: Map<string, number>;
  answersPerSecond: number;
  /** The server stopped listening, so the measurement ended early. */
  isGone: boolean;
}

// The check sees no more of an answer than this.
const keepBytes = 16_384;

/**
 * Each connection sends its next request as soon as it has an answer. What has begun when the time is over is still answered and
 * counted: cutting it off would leave out the slowest. Both loops agree on what an answer is, since both use {@link Connections}.
 */
export async function askAgain(options: AskAgainOptions): Promise<AskedAgain> {
  const { connections, warmupSeconds, seconds, signal, enough, limitSeconds = 10 } = options;
  const { method = "POST", headers = {}, body, check } = options;
  signal?.throwIfAborted();
  const result: AskedAgain = {
    finishedMs: [],
    wrong: new Map(),
    failures: new Map(),
    answersPerSecond: 0,
    isGone: false,
  };
  const url = new URL(options.url);
  const server = new Connections(url);
  const countsFromMs = performance.now() + warmupSeconds * 1_000;
  const endsAtMs = countsFromMs + seconds * 1_000;
  const mostRequests = Math.max(options.maxRequests, connections);
  const underWay = new Set<() => void>();
  let sent = 0;
  let lastAnswerAtMs = 0;
  let isStopped = false;
  const stop = () => {
    isStopped = true;
    underWay.forEach((cutOff) => cutOff());
  };

  const ask = async (place: number) => {
    const bytes = requestBytes(url, { method, headers }, body(place));
    const sentAtMs = performance.now();
    const { outcome, cutOff } = exchange(server, { bytes, isHead: method === "HEAD" }, limitSeconds * 1_000);
    underWay.add(cutOff);
    const came = await outcome;
    underWay.delete(cutOff);
    if (came === "cut off") {
      return;
    }
    if ("failure" in came) {
      count(result.failures, came.failure);
      if (came.failure === refused) {
        result.isGone = true;
        stop();
      }
      return;
    }
    lastAnswerAtMs = came.atMs;
    const problem = check(place, came.status, came.body);
    if (problem !== undefined) {
      count(result.wrong, problem);
    } else if (sentAtMs >= countsFromMs) {
      result.finishedMs.push(came.atMs - sentAtMs);
    }
  };
  const customer = async () => {
    while (!isStopped && sent < mostRequests && performance.now() < endsAtMs) {
      sent += 1;
      await ask(sent - 1);
    }
  };

  const either = AbortSignal.any([signal, enough].filter((each) => each !== undefined));
  either.addEventListener("abort", stop);
  if (either.aborted) {
    stop();
  }
  await Promise.all(Array.from({ length: connections }, customer));
  either.removeEventListener("abort", stop);
  server.close();
  signal?.throwIfAborted();
  const countedSeconds = (lastAnswerAtMs - countsFromMs) / 1_000;
  result.answersPerSecond = countedSeconds > 0 ? result.finishedMs.length / countedSeconds : 0;
  return result;
}

type Came = { status: number; body: string; atMs: number } | { failure: string } | "cut off";

/** One request and its outcome. */
function exchange(
  server: Connections,
  request: Pick<OutgoingRequest, "bytes" | "isHead">,
  limitMs: number,
): { outcome: Promise<Came>; cutOff: () => void } {
  let cutOff = () => {};
  const outcome = new Promise<Came>((resolve) => {
    const over = (came: Came) => {
      clearTimeout(limit);
      resolve(came);
    };
    const drop = server.ask({
      ...request,
      keepBytes,
      onAnswer: (answer) => over("failure" in answer ? answer : { ...answer, atMs: performance.now() }),
    });
    const limit = setTimeout(() => {
      drop();
      over({ failure: "time limit" });
    }, limitMs);
    cutOff = () => {
      drop();
      over("cut off");
    };
  });
  return { outcome, cutOff };
}

/** Adds one to the count of this kind. */
export function count(counts: Map<string, number>, kind: string): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}
