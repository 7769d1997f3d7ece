import type { Weather } from "#shared/vendor-simulator/weather.ts";
import { seededRandom } from "../plan/arrivals.ts";
import { crowdArrivals, crowdDelays, Times } from "./crowd.ts";
import { TimeHeap } from "./exact/time-heap.ts";
import { Retries } from "./retries.ts";

/** A load on 08's design, and every number that the outcome depends on. */
export interface Growth {
  perSecond: number;
  seconds: number;
  vendor: Pick<Weather, "medianMs" | "p99Ms" | "capacity" | "line">;
  batchSize: number;
  /** Batches at once: at first, added a minute while a backlog lasts, and at most. */
  concurrencyFirst: number;
  concurrencyAMinute: number;
  concurrencyMax: number;
  /** Messages that may be in flight, hidden ones included. */
  inFlightMax: number;
  maxReceiveCount: number;
  backoffMs: readonly number[];
  /** So much of each backoff is by chance. */
  jitter: number;
  retentionMs: number;
  /** From the request to the moment at which SQS has the message. */
  sendMs: number;
  /** A call to a table or a queue, the start of an invocation, the way to the vendor and back, and a cold start. */
  callMs: number;
  invocationMs: number;
  vendorWayMs: number;
  coldStartMs: number;
  seed: number;
}

/** What became of the load. */
export interface Grown {
  sent: number;
  done: number;
  setAside: number;
  /** Messages that reached their retention, which SQS deletes. */
  expired: number;
  /** From the request until the device worked. */
  works: Times;
  attempts: number;
  /** Attempts that the vendor answered with 429. */
  refused: number;
  batches: number;
  billedMs: number;
  concurrencyMost: number;
  inFlightMost: number;
  /** Of the vendor's calls, worked on or in its line. */
  vendorMost: number;
  /** Messages that were not done, set aside or expired when the last customer had come. */
  backlog: number;
  /** The same at the end of each minute of the load. */
  backlogByMinute: number[];
  /** When nothing was left. */
  emptyAtMs: number;
}

const growthEveryMs = 200;
/** In place of a count of messages: an environment has started. */
const starts = -1;

/** How long the vendor works on a message's device; default: drawn from its distribution. */
export type DelayOf = (message: number) => number;

/** Every activation by itself, but only one event for each batch: 36 million in less than a minute. */
export function grow(growth: Growth, delayOf: DelayOf = crowdDelays(growth.vendor, growth.seed + 1)): Grown {
  return new Crowd(growth, delayOf).run();
}

class Crowd {
  readonly #growth: Growth;
  readonly #arrivals: Float64Array;
  readonly #retries: Retries;
  readonly #delayOf: DelayOf;
  readonly #random: () => number;
  /** When the batches that run end, each with its messages that are in flight; or when an environment has started. */
  readonly #ends = new TimeHeap(4_096);
  /** When the vendor's calls end, and when those in its line begin; not kept where there is always room. */
  readonly #calls = new TimeHeap(64);
  readonly #line: number[] = [];
  readonly #isRoomy: boolean;
  readonly #grown: Grown;
  /** The batches whose environments start. */
  readonly #starting: Int32Array[] = [];
  readonly #batch: Int32Array;
  #fresh = 0;
  #allowed: number;
  #inBatches = 0;
  #warm = 0;
  #nextGrowthMs = growthEveryMs;
  #refusedMs = -1;

  constructor(growth: Growth, delayOf: DelayOf) {
    const { perSecond, seconds, vendor, seed, backoffMs, concurrencyFirst, concurrencyMax, batchSize } =
      growth;
    this.#growth = growth;
    this.#arrivals = crowdArrivals(perSecond, seconds, seed);
    const sent = this.#arrivals.length;
    this.#batch = new Int32Array(batchSize);
    this.#isRoomy = batchSize * concurrencyMax <= vendor.capacity;
    this.#retries = new Retries(this.#isRoomy ? 0 : sent, Math.max(0, ...backoffMs) + 5_000);
    this.#delayOf = delayOf;
    this.#random = seededRandom(seed + 2);
    this.#allowed = Math.min(concurrencyFirst, concurrencyMax);
    this.#grown = {
      sent,
      done: 0,
      setAside: 0,
      expired: 0,
      works: new Times(),
      attempts: 0,
      refused: 0,
      batches: 0,
      billedMs: 0,
      concurrencyMost: 0,
      inFlightMost: 0,
      vendorMost: 0,
      backlog: 0,
      backlogByMinute: [],
      emptyAtMs: 0,
    };
  }

  run(): Grown {
    const { concurrencyMax, seconds } = this.#growth;
    const grown = this.#grown;
    let nextMinute = 1;
    for (let nowMs = 0; nowMs < Infinity;) {
      this.#retries.advance(nowMs);
      if (nowMs >= this.#nextGrowthMs) {
        this.#nextGrowthMs += growthEveryMs;
        this.#growMapping(nowMs);
      }
      while (this.#hasRoom() && this.#nextVisibleMs() <= nowMs) {
        this.#receive(nowMs);
      }
      const growthMs = this.#allowed < concurrencyMax && !this.#isOver() ? this.#nextGrowthMs : Infinity;
      const nextMs = Math.min(
        this.#ends.earliestMs,
        this.#hasRoom() ? this.#nextVisibleMs() : Infinity,
        this.#retries.nextShownMs,
        growthMs,
      );
      for (; nextMinute * 60_000 <= Math.min(nextMs, seconds * 1_000); nextMinute += 1) {
        grown.backlogByMinute.push(this.#backlogAt(nextMinute * 60_000));
      }
      grown.emptyAtMs = nextMs === Infinity ? nowMs : grown.emptyAtMs;
      nowMs = nextMs;
      while (this.#ends.earliestMs <= nowMs) {
        this.#end(this.#ends.earliestMs);
      }
    }
    grown.backlog = grown.backlogByMinute.at(-1) ?? 0;
    return grown;
  }

  /** More batches at once while all that are allowed run and more messages wait. */
  #growMapping(nowMs: number): void {
    const { concurrencyAMinute, concurrencyMax } = this.#growth;
    if (this.#ends.size >= Math.floor(this.#allowed) && this.#nextVisibleMs() <= nowMs) {
      const more = (concurrencyAMinute * growthEveryMs) / 60_000;
      this.#allowed = Math.min(this.#allowed + more, concurrencyMax);
    }
  }

  #isOver(): boolean {
    const { hidden, visible } = this.#retries;
    return this.#fresh === this.#arrivals.length && hidden === 0 && visible === 0;
  }

  #backlogAt(ms: number): number {
    const { perSecond } = this.#growth;
    const { done, setAside, expired } = this.#grown;
    return Math.round((perSecond * ms) / 1_000) - done - setAside - expired;
  }

  #hasRoom(): boolean {
    return (
      this.#ends.size < Math.floor(this.#allowed) &&
      this.#inBatches + this.#retries.hidden < this.#growth.inFlightMax
    );
  }

  #freshMs(): number {
    return this.#fresh < this.#arrivals.length
      ? (this.#arrivals[this.#fresh] as number) + this.#growth.sendMs
      : Infinity;
  }

  #nextVisibleMs(): number {
    return Math.min(this.#freshMs(), this.#retries.headMs);
  }

  /** One poll: what is visible, up to a batch, goes to an environment; a new one takes its time to start. */
  #receive(nowMs: number): void {
    const { batchSize, invocationMs, coldStartMs, retentionMs } = this.#growth;
    // Before that moment nothing is old enough, and to look would cost more than the rest.
    const mayExpire = nowMs >= retentionMs;
    const batch = this.#batch;
    let size = 0;
    while (size < batchSize) {
      const message = this.#takeVisible(nowMs);
      if (message < 0) {
        break;
      }
      if (mayExpire && nowMs - (this.#arrivals[message] as number) >= retentionMs) {
        this.#grown.expired += 1;
        continue;
      }
      batch[size] = message;
      size += 1;
    }
    if (size === 0) {
      return;
    }
    if (this.#ends.size < this.#warm) {
      this.#work(batch, size, nowMs + invocationMs);
      return;
    }
    this.#warm += 1;
    this.#starting.push(batch.slice(0, size));
    this.#inBatches += size;
    this.#ends.put(nowMs + coldStartMs, starts);
    this.#grown.billedMs += coldStartMs;
  }

  /** A batch has ended, or an environment has started for one: in the order in which they began to start. */
  #end(nowMs: number): void {
    const held = this.#ends.take();
    if (held !== starts) {
      this.#inBatches -= held;
      return;
    }
    const batch = this.#starting.shift() as Int32Array;
    this.#inBatches -= batch.length;
    this.#work(batch, batch.length, nowMs + this.#growth.invocationMs);
  }

  #work(batch: Int32Array, size: number, begunMs: number): void {
    const grown = this.#grown;
    const { hidden } = this.#retries;
    this.#refusedMs = -1;
    let endMs = 0;
    for (let at = 0; at < size; at += 1) {
      endMs = Math.max(endMs, this.#attempt(batch[at] as number, begunMs));
    }
    // What was put back is counted as hidden already.
    const held = size - (this.#retries.hidden - hidden);
    this.#inBatches += held;
    this.#ends.put(endMs, held);
    grown.batches += 1;
    grown.billedMs += endMs - begunMs;
    if (this.#ends.size > grown.concurrencyMost) {
      grown.concurrencyMost = this.#ends.size;
    }
    if (this.#inBatches + this.#retries.hidden > grown.inFlightMost) {
      grown.inFlightMost = this.#inBatches + this.#retries.hidden;
    }
  }

  /** The message that has been visible for longest; -1 if there is none. */
  #takeVisible(nowMs: number): number {
    const { headMs } = this.#retries;
    const freshMs = this.#freshMs();
    if (headMs <= freshMs) {
      return headMs <= nowMs ? this.#retries.take() : -1;
    }
    if (freshMs > nowMs) {
      return -1;
    }
    this.#fresh += 1;
    return this.#fresh - 1;
  }

  /** One activation in its batch: the lease, the vendor, and what is written then. Gives its end. */
  #attempt(message: number, begunMs: number): number {
    const { callMs, vendorWayMs } = this.#growth;
    const grown = this.#grown;
    grown.attempts += 1;
    const asksMs = begunMs + callMs + vendorWayMs / 2;
    // Who refuses one call of a batch refuses the others of the same moment.
    const isRefused = this.#refusedMs === asksMs;
    const answeredMs = this.#isRoomy
      ? asksMs + this.#delayOf(message)
      : isRefused
        ? -1
        : this.#askVendor(message, asksMs);
    if (answeredMs < 0) {
      this.#refusedMs = asksMs;
      grown.refused += 1;
      return this.#putBack(message, asksMs + vendorWayMs / 2);
    }
    const activeMs = answeredMs + vendorWayMs / 2;
    grown.done += 1;
    grown.works.add(activeMs - (this.#arrivals[message] as number));
    return activeMs + callMs;
  }

  /** When the vendor has answered; -1: it refuses at this moment. First come, first served, so a call's times are known when it comes. */
  #askVendor(message: number, nowMs: number): number {
    const { capacity, line } = this.#growth.vendor;
    while (this.#calls.earliestMs <= nowMs && this.#line.length === 0) {
      this.#calls.take();
    }
    while (this.#line.length > 0 && (this.#line[0] as number) <= nowMs) {
      this.#line.shift();
    }
    let beginsMs = nowMs;
    if (this.#calls.size >= capacity) {
      const freeMs = this.#calls.earliestMs;
      if (freeMs > nowMs && this.#line.length >= line) {
        return -1;
      }
      this.#calls.take();
      beginsMs = Math.max(freeMs, nowMs);
      if (beginsMs > nowMs) {
        this.#line.push(beginsMs);
      }
    }
    const endsMs = beginsMs + this.#delayOf(message);
    this.#calls.put(endsMs, 0);
    const inVendor = this.#calls.size + this.#line.length;
    if (inVendor > this.#grown.vendorMost) {
      this.#grown.vendorMost = inVendor;
    }
    return endsMs;
  }

  #putBack(message: number, failedMs: number): number {
    const { callMs, maxReceiveCount, backoffMs, jitter } = this.#growth;
    const receives = this.#retries.receivesOf(message) + 1;
    // The lease is released and the visibility changed.
    const endMs = failedMs + 2 * callMs;
    if (receives >= maxReceiveCount) {
      this.#grown.setAside += 1;
    } else {
      const longestMs = backoffMs[receives - 1] ?? 0;
      const wholeSeconds = Math.ceil((longestMs * (1 - jitter * this.#random())) / 1_000);
      this.#retries.hide(message, receives, endMs + wholeSeconds * 1_000);
    }
    return endMs;
  }
}
