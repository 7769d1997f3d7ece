import autocannon from "autocannon";
import type { Client, Options } from "autocannon";
import type { ClosedLoopResult } from "#shared/results.ts";
import { readAnswer } from "./answers.ts";
import type { ReadAnswer } from "./answers.ts";
import { quantiles } from "./statistics.ts";

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

// Beyond the seconds of the measurement, requests that had begun may take so long to end.
const patienceSeconds = 10;

/**
 * Asks again as soon as it was answered, on each connection: how fast can it answer? Gives response times only, and
 * rejects if an answer isn't right, since its time would mean nothing.
 */
export async function measureClosedLoop(options: ClosedLoopOptions): Promise<ClosedLoopResult> {
  const { url, connections, warmupSeconds, seconds, devices, signal } = options;
  const clients: Client[] = [];
  const finishedMs: number[] = [];
  const wrong: string[] = [];
  let sent = 0;
  let never = 0;
  let lastAnswer: ReadAnswer | undefined;
  let lastAnswerAtMs = 0;
  const countsFromMs = performance.now() + warmupSeconds * 1_000;

  const how: Options = {
    url,
    connections,
    duration: warmupSeconds + seconds + patienceSeconds,
    timeout: patienceSeconds,
    // How often it looks whether it is done.
    sampleInt: 100,
    method: "POST",
    headers: { "content-type": "application/json" },
    // No device is asked for twice: that would be another kind of request.
    maxOverallRequests: devices.length - connections,
    setupClient: (client) => clients.push(client),
    requests: [
      {
        setupRequest: (request, context) => {
          const device = devices[sent % devices.length];
          sent += 1;
          Object.assign(context, { device });
          return { ...request, body: JSON.stringify(device) };
        },
        onResponse: (status, body, context) => {
          const { device } = context as { device: { macAddress: string } };
          lastAnswer = readAnswer(status, body, device.macAddress);
        },
      },
    ],
  };

  await new Promise<void>((resolve, reject) => {
    const run = autocannon(how, (error: Error | null) => (error ? reject(error) : resolve()));
    // Its own histogram rounds to whole milliseconds; this event has the exact time, right after `onResponse`.
    run.on("response", (_client, status, _bytes, responseMs) => {
      lastAnswerAtMs = performance.now();
      if (lastAnswer?.outcome !== "accepted" || lastAnswer.problem !== undefined) {
        wrong.push(lastAnswer?.problem ?? `answer ${status}`);
      } else if (lastAnswerAtMs - responseMs >= countsFromMs) {
        finishedMs.push(responseMs);
      }
    });
    run.on("reqError", () => {
      never += 1;
    });
    // What has begun by then is answered and counted: cutting it off would leave out the slowest.
    const letThemEnd = setTimeout(
      () => clients.forEach(endAfterThisAnswer),
      (warmupSeconds + seconds) * 1_000,
    );
    const stop = () => run.stop();
    signal?.addEventListener("abort", stop);
    run.on("done", () => {
      clearTimeout(letThemEnd);
      signal?.removeEventListener("abort", stop);
    });
  });
  signal?.throwIfAborted();
  if (wrong.length > 0) {
    throw new Error(`closed loop: ${wrong.length} answers were wrong, the first: ${wrong[0]}`);
  }
  const countedSeconds = (lastAnswerAtMs - countsFromMs) / 1_000;
  return {
    connections,
    seconds,
    answersPerSecond: finishedMs.length / countedSeconds,
    response: quantiles({ finishedMs, never }),
  };
}

/** `responseMax` is what autocannon itself sets for a count of requests; its types don't show it. */
function endAfterThisAnswer(client: Client): void {
  Object.assign(client, { responseMax: 1 });
}
