import type { Clock } from "./clock.ts";
import type { ReceivedMessage } from "./message.ts";

/** A consumer that waits for messages. */
interface Poll {
  waitMs: number;
  /** Takes what is there for it now. */
  take: () => ReceivedMessage[];
  signal?: AbortSignal | undefined;
}

interface WaitingPoll extends Poll {
  finish: (messages: ReceivedMessage[]) => void;
}

/**
 * The long polls that wait at a queue, first come, first served. A poll that got nothing keeps waiting, even if another one
 * was answered.
 */
export class LongPolls {
  readonly #clock: Clock;
  readonly #nextVisibleAtMs: () => number | undefined;
  // A set keeps the order of arrival, and a poll that gives up can leave from the middle.
  readonly #waiting = new Set<WaitingPoll>();
  #isServingSoon = false;
  #cancelAlarm = () => {};

  constructor(clock: Clock, nextVisibleAtMs: () => number | undefined) {
    this.#clock = clock;
    this.#nextVisibleAtMs = nextVisibleAtMs;
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** Waits for at least one message. Empty if the time is over, the poll is aborted or the queue is closed. */
  join(poll: Poll): Promise<ReceivedMessage[]> {
    if (poll.signal?.aborted === true) {
      return Promise.resolve([]);
    }
    return new Promise((resolve) => {
      const giveUp = () => waiting.finish([]);
      const cancelTimeout = this.#clock.after(poll.waitMs, () => {
        // A message that became visible at this very moment still goes to the waiting poll.
        this.#serve();
        giveUp();
      });
      const waiting: WaitingPoll = {
        ...poll,
        finish: (messages) => {
          this.#waiting.delete(waiting);
          cancelTimeout();
          poll.signal?.removeEventListener("abort", giveUp);
          resolve(messages);
        },
      };
      this.#waiting.add(waiting);
      poll.signal?.addEventListener("abort", giveUp);
      this.serveSoon();
    });
  }

  /**
   * Something may have become visible. We deliver it only after reading what the network has brought so far, since that may be
   * the news that a client left. A message given to a dead connection would be in flight and unseen until its visibility
   * timeout ends.
   */
  serveSoon(): void {
    if (this.#waiting.size > 0 && !this.#isServingSoon) {
      this.#isServingSoon = true;
      setImmediate(() => this.#serve());
    }
  }

  /** Ends every poll with nothing. */
  close(): void {
    for (const poll of this.#waiting) {
      poll.finish([]);
    }
    this.#cancelAlarm();
  }

  #serve(): void {
    this.#isServingSoon = false;
    for (const poll of this.#waiting) {
      const messages = poll.take();
      if (messages.length === 0) {
        break;
      }
      poll.finish(messages);
    }
    this.#cancelAlarm();
    const nextVisibleAtMs = this.#nextVisibleAtMs();
    if (this.#waiting.size > 0 && nextVisibleAtMs !== undefined) {
      // No request arrives when a timeout runs out, so this timer wakes the polls.
      const delayMs = Math.max(nextVisibleAtMs - this.#clock.nowMs(), 0);
      this.#cancelAlarm = this.#clock.after(delayMs, () => this.serveSoon());
    }
  }
}
