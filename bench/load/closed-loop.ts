import autocannon from "autocannon";
import type { Client, Options } from "autocannon";
import { readAnswer } from "./answers.ts";

interface ClosedLoopOptions {
  url: string;
  connections: number;
  /** Answers to requests of these first seconds don't count. */
  warmupSeconds: number;
  seconds: number;
  /** Each request asks for another device; when all are used up, the measurement ends. */
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
 * How fast can it answer, if every device is asked for once? Gives response times only, and rejects if an answer isn't
 * right, since its time would mean nothing.
 */
export async function measureClosedLoop(options: ClosedLoopOptions): Promise<ClosedLoopAnswers> {
  const { url, connections, warmupSeconds, seconds, devices, signal } = options;
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
    // No device is asked for twice: that would be another kind of request.
    maxRequests: devices.length - connections,
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
  /** Answers to requests of these first seconds don't count. */
  warmupSeconds: number;
  seconds: number;
  /** Default POST. */
  method?: NonNullable<Options["method"]>;
  headers?: Readonly<Record<string, string>>;
  /** The body of the request with this number, from 0 on. */
  body: (place: number) => string;
  /** What is wrong with the answer to it; nothing if it is as expected. */
  check: (place: number, status: number, body: string) => string | undefined;
  /** After so many requests the measurement ends. */
  maxRequests: number;
  /** No answer takes longer: then it is unanswered. Default 10. */
  limitSeconds?: number;
  /** Stops at once, and the call rejects with its reason. */
  signal?: AbortSignal;
  /** Stops at once, and what had come by then is the result. */
  enough?: AbortSignal;
}

export interface AskedAgain {
  /** Response times of the answers that were as expected. */
  finishedMs: number[];
  /** By what was wrong with them, the answers that were not. */
  wrong: Map<string, number>;
  /** By what happened, the requests that got no answer. */
  failures: Map<string, number>;
  answersPerSecond: number;
  /** The server listened no more, and it ended early. */
  isGone: boolean;
}

/**
 * Asks again as soon as it was answered, on each connection. What has begun when the time is over is answered and
 * counted: cutting it off would leave out the slowest.
 */
export async function askAgain(options: AskAgainOptions): Promise<AskedAgain> {
  const { warmupSeconds, seconds, signal, enough } = options;
  signal?.throwIfAborted();
  const result: AskedAgain = {
    finishedMs: [],
    wrong: new Map(),
    failures: new Map(),
    answersPerSecond: 0,
    isGone: false,
  };
  const clients: Client[] = [];
  const { request, problemOfLast } = numberedRequests(options);
  const countsFromMs = performance.now() + warmupSeconds * 1_000;
  let lastAnswerAtMs = 0;
  let isStopped = false;
  let stop = () => {};
  const onFailure = (failure: string) => {
    count(result.failures, failure);
    if (failure === refused) {
      result.isGone = true;
      stop();
    }
  };

  await new Promise<void>((resolve, reject) => {
    const run = autocannon(
      {
        ...howToAsk(options),
        setupClient: (client) => {
          clients.push(client);
          watchConnection(client, () => isStopped, onFailure);
        },
        requests: [request],
      },
      (error: Error | null) => (error ? reject(error) : resolve()),
    );
    stop = () => {
      isStopped = true;
      run.stop();
    };
    // Its own histogram rounds to whole milliseconds; this event has the exact time, right after `onResponse`.
    run.on("response", (_client, _status, _bytes, responseMs) => {
      lastAnswerAtMs = performance.now();
      const problem = problemOfLast();
      if (problem !== undefined) {
        count(result.wrong, problem);
      } else if (lastAnswerAtMs - responseMs >= countsFromMs) {
        result.finishedMs.push(responseMs);
      }
    });
    const letThemEnd = setTimeout(
      () => clients.forEach(endAfterThisAnswer),
      (warmupSeconds + seconds) * 1_000,
    );
    const either = AbortSignal.any([signal, enough].filter((each) => each !== undefined));
    either.addEventListener("abort", stop);
    run.on("done", () => {
      clearTimeout(letThemEnd);
      either.removeEventListener("abort", stop);
    });
    if (either.aborted) {
      stop();
    }
  });
  signal?.throwIfAborted();
  const countedSeconds = (lastAnswerAtMs - countsFromMs) / 1_000;
  result.answersPerSecond = countedSeconds > 0 ? result.finishedMs.length / countedSeconds : 0;
  return result;
}

function howToAsk(options: AskAgainOptions): Options {
  const { url, connections, warmupSeconds, seconds, limitSeconds = 10, method = "POST", headers } = options;
  return {
    url,
    connections,
    // A second more than it needs: it is over when all are answered.
    duration: warmupSeconds + seconds + limitSeconds + 1,
    timeout: limitSeconds,
    // How often it looks whether it is done.
    sampleInt: 100,
    method,
    headers: { ...headers },
    maxOverallRequests: Math.max(options.maxRequests, connections),
  };
}

/** Requests that count themselves, and what was wrong with the answer that came last. */
function numberedRequests({ body, check }: Pick<AskAgainOptions, "body" | "check">) {
  let sent = 0;
  let problem: string | undefined;
  const request: NonNullable<Options["requests"]>[number] = {
    setupRequest: (asked, context) => {
      const place = sent;
      sent += 1;
      Object.assign(context, { place });
      const text = body(place);
      return text === "" ? asked : { ...asked, body: text };
    },
    onResponse: (status, answer, context) => {
      problem = check((context as { place: number }).place, status, answer);
    },
  };
  return { request, problemOfLast: () => problem };
}

const refused = "connection refused";

/** What autocannon's types don't show of a client: the queue by which it knows how old a request is. */
interface Insides {
  pipelinedRequests: { clear: () => void; size: () => number };
  on: (event: string, listener: (detail: { code?: string; shouldKeepAlive?: boolean }) => void) => void;
}

/**
 * Tells of each request that got no answer. autocannon is silent about a connection that the server closes, and counts
 * the next answer from when the request that was lost had been sent.
 */
function watchConnection(client: Client, isStopped: () => boolean, onFailure: (failure: string) => void) {
  const insides = client as unknown as Insides;
  let isOpen = false;
  let saidClose = false;
  const lost = (failure: string) => {
    // After an answer that said so, one more request is written to a connection that ends: that is no failure.
    if (!saidClose) {
      onFailure(failure);
    }
    insides.pipelinedRequests.clear();
    isOpen = false;
    saidClose = false;
  };
  // A request that ran into the time limit is no longer in the queue.
  const isLost = () => isOpen && insides.pipelinedRequests.size() > 0;
  insides.on("request", () => {
    if (isLost()) {
      lost("connection cut");
    }
    isOpen = true;
  });
  insides.on("headers", ({ shouldKeepAlive }) => {
    saidClose = shouldKeepAlive === false;
  });
  insides.on("response", () => {
    isOpen = false;
  });
  insides.on("connError", ({ code }) => lost(code === "ECONNREFUSED" ? refused : "connection cut"));
  insides.on("timeout", () => onFailure("time limit"));
  insides.on("done", () => {
    if (isLost() && !isStopped()) {
      lost("connection cut");
    }
  });
}

/** One more of this kind. */
export function count(counts: Map<string, number>, kind: string): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}

/** `responseMax` is what autocannon itself sets for a count of requests; its types don't show it. */
function endAfterThisAnswer(client: Client): void {
  Object.assign(client, { responseMax: 1 });
}
