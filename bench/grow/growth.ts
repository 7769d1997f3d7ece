import type { Weather } from "#shared/vendor-simulator/weather.ts";
import { seededRandom } from "../plan/arrivals.ts";
import { BatchEnds, starts } from "./batch-ends.ts";
import { crowdArrivals, crowdDelays } from "./crowd.ts";
import { Front, throttled } from "./front.ts";
import type { Quotas } from "./front.ts";
import { Grown } from "./grown.ts";
import { Leases } from "./leases.ts";
import { Retries } from "./retries.ts";
import { CrowdVendor } from "./vendor.ts";
import type { DelayOf } from "./vendor.ts";

/** A load on 08's design, and every number that the outcome depends on. */
export interface Growth {
  perSecond: number;
  seconds: number;
  vendor: Pick<Weather, "medianMs" | "p99Ms" | "capacity" | "line">;
  batchSize: number;
  /** Batches at the same time: at first, added per minute while there is a backlog, and at most. */
  concurrencyFirst: number;
  concurrencyAMinute: number;
  concurrencyMax: number;
  /** Messages that may be in flight, hidden ones included. */
  inFlightMax: number;
  quotas: Quotas;
  maxReceiveCount: number;
  backoffMs: readonly number[];
  /** This share of each backoff is random. */
  jitter: number;
  retentionMs: number;
  /** How often a customer asks about a ticket, and how long a request takes in the API's function. */
  polls: number;
  apiMs: number;
  /** From the request until SQS has the message. */
  sendMs: number;
  /** A call to a table or a queue, the start of an invocation, the way to the vendor and back, and a cold start. */
  callMs: number;
  invocationMs: number;
  vendorWayMs: number;
  coldStartMs: number;
  /** How long the SDK waits at most before its second try of a throttled write. */
  retryMs: number;
  /** From the start of an invocation to the end of its leases. */
  leaseMs: number;
  seed: number;
}

const growthEveryMs = 200;

/**
 * Simulates every activation and every attempt, with only one event for each batch. The largest storm, an hour of 10,000 a second with
 * all quotas raised, has 173 million attempts: a minute of one core.
 */
export function grow(growth: Growth, delayOf: DelayOf = crowdDelays(growth.vendor, growth.seed + 1)): Grown {
  return new Crowd(growth, delayOf).run();
}

class Crowd {
  readonly #growth: Growth;
  /** When the customers come. Before `#sent`: when those came whose messages were sent. */
  readonly #arrivals: Float64Array;
  readonly #front: Front;
  readonly #retries: Retries;
  readonly #vendor: CrowdVendor;
  readonly #random: () => number;
  readonly #ends = new BatchEnds();
  readonly #grown: Grown;
  /** The batches whose environments are starting: for each message its number, and how often it had been received before. */
  readonly #starting: Int32Array[] = [];
  readonly #batch: Int32Array;
  readonly #leases: Leases;
  #came = 0;
  #sent = 0;
  /** The first message that was never received. */
  #fresh = 0;
  #taken = 0;
  #takenReceives = 0;
  #allowed: number;
  /** How many batches may run at the same time now: as many as are allowed, started, and left by the API. */
  #places = 0;
  #startsLeft = 0;
  #inBatches = 0;
  #warm = 0;
  #nextGrowthMs = growthEveryMs;
  #nextSecondMs = 0;

  constructor(growth: Growth, delayOf: DelayOf) {
    const { perSecond, seconds, vendor, seed, backoffMs, leaseMs } = growth;
    const { concurrencyFirst, concurrencyMax, batchSize } = growth;
    this.#growth = growth;
    this.#arrivals = crowdArrivals(perSecond, seconds, seed);
    this.#batch = new Int32Array(2 * batchSize);
    this.#front = new Front({ ...growth, seed: seed + 3 });
    this.#vendor = new CrowdVendor(vendor, batchSize * concurrencyMax <= vendor.capacity, delayOf);
    // Plus the batch itself, which hides its messages at its end.
    this.#retries = new Retries(Math.max(leaseMs, ...backoffMs) + leaseMs);
    this.#leases = new Leases(leaseMs);
    this.#random = seededRandom(seed + 2);
    this.#allowed = Math.min(concurrencyFirst, concurrencyMax);
    this.#grown = new Grown(this.#front);
  }

  run(): Grown {
    const grown = this.#grown;
    const endMs = this.#growth.seconds * 1_000;
    let isLoaded = true;
    for (let nowMs = 0; nowMs < Infinity;) {
      this.#retries.advance(nowMs);
      this.#ends.dropEmpty(nowMs);
      this.#come(nowMs);
      if (nowMs >= this.#nextGrowthMs) {
        this.#nextGrowthMs += growthEveryMs;
        this.#growMapping(nowMs);
      }
      while (this.#hasRoom() && this.#nextVisibleMs() <= nowMs) {
        this.#receive(nowMs);
      }
      const nextMs = this.#nextMs(nowMs);
      if (isLoaded && nextMs >= endMs) {
        isLoaded = false;
        this.#come(endMs);
        grown.backlog = this.#sent - grown.done - grown.setAside - grown.expired;
      }
      nowMs = nextMs;
      while (nowMs < Infinity && this.#ends.heldMs <= nowMs) {
        this.#end(this.#ends.heldMs);
      }
    }
    // The last second counts, too.
    this.#front.beginSecond(this.#nextSecondMs, 0, 0);
    grown.sent = this.#sent;
    grown.refused = this.#vendor.refused;
    grown.vendorMost = this.#vendor.most;
    return grown;
  }

  /** When something happens next. A message that becomes visible doesn't count while no batch could take it. */
  #nextMs(nowMs: number): number {
    const { concurrencyMax, inFlightMax } = this.#growth;
    const isOver = this.#isOver();
    const hasPlace = this.#ends.running < this.#places;
    let nextMs = hasPlace ? this.#ends.heldMs : this.#ends.earliestMs;
    if (this.#allowed < concurrencyMax && !isOver) {
      nextMs = Math.min(nextMs, this.#nextGrowthMs);
    }
    const countsSeconds = this.#came < this.#arrivals.length || this.#front.isBusy;
    if (countsSeconds || (this.#startsLeft === 0 && !isOver)) {
      nextMs = Math.min(nextMs, this.#nextSecondMs);
    }
    if (!hasPlace) {
      return nextMs;
    }
    if (this.#inBatches + this.#retries.hidden < inFlightMax) {
      this.#come(nowMs);
      return Math.min(nextMs, this.#nextVisibleMs(), this.#retries.nextShownMs);
    }
    this.#grown.inFlight.note(1, nowMs, true);
    return Math.min(nextMs, this.#retries.showUntil(inFlightMax - 1 - this.#inBatches, nextMs));
  }

  /** The customers come who are due by now. If no message waits, one more comes, since the moment of the next one must be known. */
  #come(nowMs: number): void {
    while (this.#came < this.#arrivals.length) {
      const comesMs = this.#arrivals[this.#came] as number;
      if (comesMs > nowMs && this.#fresh < this.#sent) {
        break;
      }
      while (comesMs >= this.#nextSecondMs) {
        this.#beginSecond();
      }
      this.#came += 1;
      if (this.#front.meet()) {
        this.#arrivals[this.#sent] = comesMs;
        this.#sent += 1;
      }
    }
    while (nowMs >= this.#nextSecondMs) {
      this.#beginSecond();
    }
  }

  #beginSecond(): void {
    const nowMs = this.#nextSecondMs;
    this.#nextSecondMs += 1_000;
    const customers = this.#came < this.#arrivals.length ? this.#growth.perSecond : 0;
    const waits = this.#nextVisibleMs() <= nowMs;
    this.#front.beginSecond(nowMs, customers, waits ? Math.floor(this.#allowed) : this.#ends.running);
    if (nowMs % 10_000 === 0) {
      this.#startsLeft = this.#growth.quotas.environmentsPer10Seconds;
    }
    this.#countPlaces();
  }

  #countPlaces(): void {
    const places = Math.min(Math.floor(this.#allowed), this.#front.placesLeft);
    this.#places = Math.min(places, this.#warm + this.#startsLeft);
  }

  /** Allows more batches at the same time while all allowed ones run and more messages wait. */
  #growMapping(nowMs: number): void {
    const { concurrencyAMinute, concurrencyMax } = this.#growth;
    if (this.#ends.running >= Math.floor(this.#allowed) && this.#nextVisibleMs() <= nowMs) {
      const more = (concurrencyAMinute * growthEveryMs) / 60_000;
      this.#allowed = Math.min(this.#allowed + more, concurrencyMax);
      this.#countPlaces();
    }
  }

  #isOver(): boolean {
    const { hidden, visible } = this.#retries;
    const haveCome = this.#came === this.#arrivals.length;
    return haveCome && this.#fresh === this.#sent && hidden === 0 && visible === 0;
  }

  #hasRoom(): boolean {
    return (
      this.#ends.running < this.#places && this.#inBatches + this.#retries.hidden < this.#growth.inFlightMax
    );
  }

  #freshMs(): number {
    return this.#fresh < this.#sent
      ? (this.#arrivals[this.#fresh] as number) + this.#growth.sendMs
      : Infinity;
  }

  #nextVisibleMs(): number {
    return Math.min(this.#freshMs(), this.#retries.headMs);
  }

  /** One poll: what is visible, up to a batch, goes to an environment. A new one takes its time to start. */
  #receive(nowMs: number): void {
    const { batchSize, invocationMs, coldStartMs, retentionMs } = this.#growth;
    // Before that moment nothing is old enough, and looking would cost more than everything else.
    const mayExpire = nowMs >= retentionMs;
    const batch = this.#batch;
    let size = 0;
    while (size < batchSize && this.#takeVisible(nowMs)) {
      if (mayExpire && nowMs - (this.#arrivals[this.#taken] as number) >= retentionMs) {
        this.#grown.expired += 1;
        this.#grown.emptyAtMs = nowMs;
        continue;
      }
      batch[2 * size] = this.#taken;
      batch[2 * size + 1] = this.#takenReceives;
      size += 1;
    }
    if (size === 0) {
      return;
    }
    if (this.#ends.running < this.#warm) {
      this.#work(batch, size, nowMs + invocationMs);
      return;
    }
    this.#warm += 1;
    this.#startsLeft -= 1;
    this.#starting.push(batch.slice(0, 2 * size));
    this.#inBatches += size;
    this.#ends.put(nowMs + coldStartMs, starts);
    this.#grown.billedMs += coldStartMs;
  }

  /** Takes the message that has been visible longest. Returns false if there is none. */
  #takeVisible(nowMs: number): boolean {
    const { headMs } = this.#retries;
    const freshMs = this.#freshMs();
    if (Math.min(headMs, freshMs) > nowMs) {
      return false;
    }
    if (headMs <= freshMs) {
      this.#takenReceives = this.#retries.headReceives;
      this.#taken = this.#retries.take();
    } else {
      this.#takenReceives = 0;
      this.#taken = this.#fresh;
      this.#fresh += 1;
    }
    return true;
  }

  /** A batch has ended, or an environment has started for one, in the order in which they began to start. */
  #end(nowMs: number): void {
    const held = this.#ends.take();
    if (held !== starts) {
      this.#inBatches -= held;
      return;
    }
    const batch = this.#starting.shift() as Int32Array;
    this.#inBatches -= batch.length / 2;
    this.#work(batch, batch.length / 2, nowMs + this.#growth.invocationMs);
  }

  #work(batch: Int32Array, size: number, begunMs: number): void {
    const grown = this.#grown;
    const { hidden } = this.#retries;
    let endMs = 0;
    let at = 0;
    for (; at < size && !this.#refusesAll(begunMs); at += 1) {
      const message = batch[2 * at] as number;
      endMs = Math.max(endMs, this.#attempt(message, batch[2 * at + 1] as number, begunMs));
    }
    if (at < size) {
      endMs = Math.max(endMs, this.#refuse(batch, at, size, begunMs));
    }
    // What was put back is counted as hidden already.
    const held = size - (this.#retries.hidden - hidden);
    this.#inBatches += held;
    this.#ends.put(endMs, held);
    grown.batches += 1;
    grown.emptyAtMs = Math.max(grown.emptyAtMs, endMs);
    grown.billedMs += endMs - begunMs;
    grown.concurrencyMost = Math.max(grown.concurrencyMost, this.#ends.running);
    grown.inFlightMost = Math.max(grown.inFlightMost, this.#inBatches + this.#retries.hidden);
  }

  /** Whether the vendor will refuse all attempts of a batch, at the same moment: nothing else can become of them. */
  #refusesAll(begunMs: number): boolean {
    const { callMs, vendorWayMs } = this.#growth;
    const takenMs = begunMs + callMs;
    const isSimple = this.#front.tickets.takesAll && this.#leases.haveEnded(takenMs);
    return isSimple && this.#vendor.refuses(takenMs + vendorWayMs / 2);
  }

  /** The rest of a batch, all of which the vendor refuses. Returns when it ends. */
  #refuse(batch: Int32Array, from: number, size: number, begunMs: number): number {
    const { callMs, vendorWayMs } = this.#growth;
    const endMs = begunMs + callMs + vendorWayMs / 2 + vendorWayMs / 2 + 2 * callMs;
    this.#grown.attempts += size - from;
    this.#vendor.refused += size - from;
    // The lease is taken, and given back.
    this.#front.tickets.writeAll(2 * (size - from));
    for (let at = from; at < size; at += 1) {
      this.#putBack(batch[2 * at] as number, batch[2 * at + 1] as number, endMs);
    }
    return endMs;
  }

  /** One activation in its batch: the lease, the vendor, and the write afterwards. Returns when it ends. */
  #attempt(message: number, receives: number, begunMs: number): number {
    const { callMs, vendorWayMs, retryMs } = this.#growth;
    const { tickets } = this.#front;
    const grown = this.#grown;
    grown.attempts += 1;
    const takingMs = tickets.write();
    if (takingMs === throttled) {
      return this.#putBack(message, receives, begunMs + 3 * callMs + retryMs / 2);
    }
    const takenMs = begunMs + callMs + takingMs;
    // Nobody has taken the lease of a message that was never received.
    const heldUntilMs = receives === 0 ? 0 : this.#leases.heldUntilMs(message, takenMs);
    if (heldUntilMs > 0) {
      return this.#putBack(message, receives, takenMs + 2 * callMs, heldUntilMs);
    }
    const answeredMs = this.#vendor.ask(message, takenMs + vendorWayMs / 2);
    if (answeredMs < 0) {
      const releasingMs = tickets.write();
      const endMs = takenMs + vendorWayMs / 2 + vendorWayMs / 2 + 2 * callMs;
      if (releasingMs !== throttled) {
        return this.#putBack(message, receives, endMs + releasingMs);
      }
      this.#leases.keep(message, begunMs);
      return this.#putBack(message, receives, endMs + callMs + retryMs / 2);
    }
    const activeMs = answeredMs + vendorWayMs / 2;
    const writingMs = tickets.write();
    if (writingMs === throttled) {
      grown.unwritten += 1;
      this.#leases.keep(message, begunMs);
      return this.#putBack(message, receives, activeMs + 3 * callMs + retryMs / 2);
    }
    grown.done += 1;
    grown.works.add(activeMs - (this.#arrivals[message] as number));
    return activeMs + callMs + writingMs;
  }

  /** The attempt failed, and has changed the message's visibility. Returns when it ends. */
  #putBack(message: number, receives: number, endMs: number, heldUntilMs = 0): number {
    const { maxReceiveCount, backoffMs, jitter } = this.#growth;
    if (receives + 1 >= maxReceiveCount) {
      this.#grown.setAside += 1;
      return endMs;
    }
    const waitMs =
      heldUntilMs > 0
        ? Math.max(1_000, heldUntilMs - endMs)
        : (backoffMs[receives] ?? 0) * (1 - jitter * this.#random());
    this.#retries.hide(message, receives + 1, endMs + Math.ceil(waitMs / 1_000) * 1_000);
    return endMs;
  }
}
