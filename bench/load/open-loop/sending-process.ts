// The process that sends requests on time, and does nothing else. `startSender` starts it.
import "#shared/child.ts";
import { onStop, tellReady } from "#shared/child.ts";
import { watchClock } from "../clock.ts";
import { exchange } from "./exchange.ts";
import type { RawAnswer, SendMessage, SentMessage, ToSender } from "./messages.ts";
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

process.on("message", (message: ToSender | { kind: "stop" }) => {
  if (message.kind === "send") {
    void send(message);
  } else if (message.kind === "cut") {
    running.get(message.id)?.abort();
  }
});
// It has nothing else that would keep it alive.
process.channel?.ref();
onStop(() => process.exit());
await prepareAlarm();
tellReady();
