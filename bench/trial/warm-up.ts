import { deviceAt } from "#shared/devices.ts";
import { untilQuiet } from "./activity.ts";
import { readAnswer } from "../load/answers.ts";
import { lookAt } from "./look.ts";
import { warmUpSize } from "../plan/plan.ts";
import type { RunningChapter } from "./running.ts";
import type { DueRequest, Sender } from "../load/open-loop/sender.ts";

export const activationsUrl = (running: RunningChapter) => `${running.apiUrl}/activations`;

export const headersOf = ({ headers }: RunningChapter) => (headers === undefined ? {} : { headers });

/** A customer's request, whose answer is checked. */
export function requestFor(
  index: number,
  dueMs: number,
): DueRequest & { customerId: string; macAddress: string } {
  const { customerId, macAddress } = deviceAt(index);
  const read = (status: number, answer: string) => readAnswer(status, answer, macAddress);
  return { dueMs, body: JSON.stringify({ customerId, macAddress }), read, customerId, macAddress };
}

/** The devices of a warm-up: so many from this one on. */
export function warmUpDevices(firstDevice: number): string[] {
  return Array.from({ length: warmUpSize }, (_, index) => deviceAt(firstDevice + index).macAddress);
}

interface WarmUpOptions {
  running: RunningChapter;
  sender: Sender;
  /** From it on, devices count nowhere. */
  firstDevice: number;
  /** So many requests more for the same devices. */
  repeats: number;
  signal: AbortSignal;
}

const warmUpLimitMs = 30_000;

/** Makes every process do its work some times, on devices that count nowhere. */
export async function warmUp({
  running,
  sender,
  firstDevice,
  repeats,
  signal,
}: WarmUpOptions): Promise<void> {
  // All at once at first, so that the mapping starts as many environments as it may have.
  const dueMs = (index: number) => (index < 20 ? 0 : 300 + index * 6);
  const requests = Array.from({ length: warmUpSize }, (_, index) =>
    requestFor(firstDevice + index, dueMs(index)),
  );
  const url = activationsUrl(running);
  const limitAtMs = performance.now() + warmUpLimitMs;
  const { answers } = await sender.send({ url, ...headersOf(running), requests, signal });
  const wrong = answers.find(({ outcome, problem }) => outcome !== "accepted" || problem !== undefined);
  if (wrong) {
    throw new Error(
      `the warm-up's requests should be accepted, but one was ${wrong.problem ?? wrong.outcome}`,
    );
  }
  // A process that has answered sixty requests still runs mostly unoptimized code: in a closed loop the API of 04 used 12 ms
  // of a core for each of the first fifty requests, 7 ms after 300, and 4 ms after 1,500. Repeats go through the same code
  // and leave no work behind, so the consumers can drain meanwhile.
  const again = Array.from({ length: repeats }, (_, index) =>
    requestFor(firstDevice + (index % warmUpSize), index * 6),
  );
  const look = async () => (await lookAt(running)).activity;
  const [ended] = await Promise.all([
    untilQuiet({ look, notBeforeMs: 0, limitAtMs, signal, ...running.settle }),
    sender.send({ url, ...headersOf(running), requests: again, signal }),
  ]);
  if (ended === "limit") {
    throw new Error(`the warm-up's ${warmUpSize} devices were not done after ${warmUpLimitMs / 1_000} s`);
  }
}
