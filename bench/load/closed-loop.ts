import { readAnswer } from "./answers.ts";
import { askAgain } from "./ask-again.ts";

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
