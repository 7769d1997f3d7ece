// The process that sends requests on time, and does nothing else. `startSender` starts it.
import "#shared/child.ts";
import os from "node:os";
import { onStop, tellReady } from "#shared/child.ts";
import { watchClock } from "./clock.ts";
import { Connections, requestBytes } from "./connection.ts";
import type { RawAnswer, SendMessage, SentMessage, ToSender } from "./sender.ts";
import { inTime, prepareAlarm } from "./wake-up.ts";

const running = new Map<number, AbortController>();

async function send(message: SendMessage): Promise<void> {
  const { id, requests, startAtEpochMs } = message;
  const cut = new AbortController();
  running.set(id, cut);
  const clock = watchClock();
  const answers: (RawAnswer | null)[] = requests.map(() => null);
  const open: Promise<void>[] = [];
  const ask = exchange(message, cut.signal);
  const startedCpu = process.cpuUsage();
  const startedMs = performance.now();
  const startAtMs = startAtEpochMs === undefined ? startedMs : startAtEpochMs - performance.timeOrigin;

  const inOrder = requests.map(({ dueMs }, at) => ({ dueMs, at })).toSorted((a, b) => a.dueMs - b.dueMs);
  await inTime(
    inOrder.map(({ dueMs }) => startAtMs + dueMs),
    cut.signal,
    (place) => {
      const { dueMs, at } = inOrder[place] ?? { dueMs: 0, at: 0 };
      const answered = ask(requests[at]?.body ?? 0, startAtMs, dueMs);
      open.push(
        answered.then((answer) => {
          answers[at] = answer;
        }),
      );
    },
  );
  await Promise.all(open);

  const elapsedMs = performance.now() - Math.max(startedMs, startAtMs);
  const { user, system } = process.cpuUsage(startedCpu);
  const cpuShare = elapsedMs > 0 ? (user + system) / 1_000 / elapsedMs : 0;
  process.send?.({ kind: "sent", id, answers, clock: clock.read(), cpuShare } satisfies SentMessage);
  clock.stop();
  running.delete(id);
}

// By origin. One schedule's connections are reused by the next.
const connections = new Map<string, Connections>();

/**
 * Returns a function that sends one request and gives its outcome, with times counted from `startAtMs`, or `null` if it was cut off.
 * It writes to sockets directly: at 100 a second Node's client made the process use 0.12 of a core instead of 0.06, and added half a
 * millisecond to the median answer.
 */
function exchange(message: SendMessage, cut: AbortSignal) {
  const { method, limitMs, keepBytes } = message;
  const url = new URL(message.url);
  const server = connections.get(url.origin) ?? new Connections(url);
  connections.set(url.origin, server);
  const bytesOf = message.bodies.map((body) => requestBytes(url, message, body));
  const isHead = method === "HEAD";
  const open = new Set<() => void>();
  cut.addEventListener("abort", () => open.forEach((cutOff) => cutOff()));

  return (body: number, startAtMs: number, dueMs: number): Promise<RawAnswer | null> => {
    const sinceStartMs = () => performance.now() - startAtMs;
    const lateMs = sinceStartMs() - dueMs;
    return new Promise((resolve) => {
      const over = (answer: RawAnswer | null) => {
        clearTimeout(limit);
        open.delete(cutOff);
        resolve(answer);
      };
      const unanswered = (failure: string) =>
        over({ lateMs, answeredMs: null, status: 0, body: "", failure, failedMs: sinceStartMs() });
      const drop = server.ask({
        bytes: bytesOf[body] ?? Buffer.alloc(0),
        isHead,
        keepBytes,
        onAnswer: (answer) => {
          if ("failure" in answer) {
            unanswered(answer.failure);
          } else {
            over({ lateMs, answeredMs: sinceStartMs(), ...answer });
          }
        },
      });
      const limit = setTimeout(() => {
        drop();
        unanswered(`no answer within ${limitMs / 1_000} s`);
      }, limitMs);
      const cutOff = () => {
        drop();
        over(null);
      };
      open.add(cutOff);
    });
  };
}

const highest = os.constants.priority.PRIORITY_HIGHEST;

/** Raises its priority if the system allows it: always on Windows, elsewhere for an administrator. The alarm's thread inherits it. */
function goFirst(): void {
  try {
    os.setPriority(Math.max(os.getPriority() + os.constants.priority.PRIORITY_HIGH, highest));
  } catch {
    // Without permission it stays as it is. What is measured has lowered its own priority (bench/machine.ts).
  }
}

process.on("message", (message: ToSender | { kind: "stop" }) => {
  if (message.kind === "send") {
    void send(message);
  } else if (message.kind === "cut") {
    running.get(message.id)?.abort();
  }
});
// Nothing else would keep it alive.
process.channel?.ref();
onStop(() => process.exit());
goFirst();
await prepareAlarm();
tellReady();
