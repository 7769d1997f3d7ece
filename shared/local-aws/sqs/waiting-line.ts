import type { Clock } from "./clock.ts";

interface Poll<Item> {
  maxNumberOfItems: number;
  waitMs: number;
  take: (maxNumberOfItems: number) => Item[];
  signal?: AbortSignal | undefined;
}

interface Waiting<Item> extends Poll<Item> {
  finish: (items: Item[]) => void;
}

/**
 * The long polls that wait at a queue, first come, first served. One that got nothing keeps waiting: an answer to
 * its neighbour is no answer to it.
 */
export class WaitingLine<Item> {
  readonly #clock: Clock;
  readonly #nextVisibleAtMs: () => number | undefined;
  // A set keeps the order of arrival, and lets whoever gives up leave from the middle.
  readonly #line = new Set<Waiting<Item>>();
  #isServingSoon = false;
  #cancelAlarm = () => {};

  constructor(clock: Clock, nextVisibleAtMs: () => number | undefined) {
    this.#clock = clock;
    this.#nextVisibleAtMs = nextVisibleAtMs;
  }

  get isEmpty(): boolean {
    return this.#line.size === 0;
  }

  /** Waits for at least one item; nothing if the time is over, the poll aborted or the queue closed. */
  join(poll: Poll<Item>): Promise<Item[]> {
    if (poll.signal?.aborted === true) {
      return Promise.resolve([]);
    }
    const { promise, resolve } = withResolvers<Item[]>();
    const giveUp = () => waiting.finish([]);
    const cancelTimeout = this.#clock.after(poll.waitMs, () => {
      // What became visible in this very moment still goes to who waits for it.
      this.#serve();
      giveUp();
    });
    const waiting: Waiting<Item> = {
      ...poll,
      finish: (items) => {
        this.#line.delete(waiting);
        cancelTimeout();
        poll.signal?.removeEventListener("abort", giveUp);
        resolve(items);
      },
    };
    this.#line.add(waiting);
    poll.signal?.addEventListener("abort", giveUp);
    this.serveSoon();
    return promise;
  }

  /**
   * Something may have become visible. It is handed out after what the network has brought so far was seen, since
   * that may be the news that the poller is gone: a message given to a dead connection would be in flight, and
   * nobody would see it until its visibility timeout runs out.
   */
  serveSoon(): void {
    if (this.#line.size > 0 && !this.#isServingSoon) {
      this.#isServingSoon = true;
      setImmediate(() => this.#serve());
    }
  }

  /** Everybody goes with empty hands. */
  close(): void {
    for (const waiting of this.#line) {
      waiting.finish([]);
    }
    this.#cancelAlarm();
  }

  #serve(): void {
    this.#isServingSoon = false;
    for (const waiting of this.#line) {
      const items = waiting.take(waiting.maxNumberOfItems);
      if (items.length === 0) {
        break;
      }
      waiting.finish(items);
    }
    this.#cancelAlarm();
    const nextVisibleAtMs = this.#nextVisibleAtMs();
    if (this.#line.size > 0 && nextVisibleAtMs !== undefined) {
      // A timeout that runs out is nobody's request: without an alarm the waiting would sleep through it.
      const delayMs = Math.max(nextVisibleAtMs - this.#clock.nowMs(), 0);
      this.#cancelAlarm = this.#clock.after(delayMs, () => this.serveSoon());
    }
  }
}

// Promise.withResolvers needs Node 22.
function withResolvers<Value>() {
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>((resolvePromise) => {
    resolve = resolvePromise;
  });
  return { promise, resolve };
}
