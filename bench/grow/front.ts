import { seededRandom } from "../plan/arrivals.ts";
import { Times } from "./crowd.ts";

/** What AWS allows by default, as in assumptions.ts. More than that is turned away, or waits. */
export interface Quotas {
  /** Of the HTTP API. */
  requestsPerSecond: number;
  /** Of all functions of the account together, at the same time. */
  executions: number;
  environmentsPer10Seconds: number;
  /** The writes a second of a new table. Each time that it grows, it takes twice its peak, up to `tableWritesMost`. */
  tableWrites: number;
  tableWritesMost: number;
  tableGrowsAfterMs: number;
}

/** How far something was overloaded at most, as a factor, and since when. */
export class Limit {
  readonly what: string;
  times = 0;
  fromMs = Infinity;

  constructor(what: string) {
    this.what = what;
  }

  note(times: number, nowMs: number, isOver = times > 1): void {
    this.times = Math.max(this.times, times);
    if (isOver) {
      this.fromMs = Math.min(this.fromMs, nowMs);
    }
  }
}

/** {@link Table.write} returns it if the SDK's second try was throttled, too. */
export const throttled = -1;

/**
 * A table with a limit of writes a second. Its keys are UUIDs and addresses, spread evenly over its partitions, so no partition is full
 * before the others. It counts by second: if there are too many writes, each has the same chance.
 */
export class Table {
  readonly limit: Limit;
  written = 0;
  readonly #quotas: Quotas;
  readonly #retryMs: number;
  readonly #random: () => number;
  #demand = 0;
  #writesPerSecond: number;
  #peak = 0;
  #grewAtMs = 0;
  /** The share of the writes that succeed, and that succeed at the first try. */
  #share = 1;
  #shareAtOnce = 1;

  /** `retryMs`: how long the SDK waits at most before its second and last try. */
  constructor(name: string, quotas: Quotas, retryMs: number, random: () => number) {
    this.limit = new Limit(name);
    this.#quotas = quotas;
    this.#retryMs = retryMs;
    this.#random = random;
    this.#writesPerSecond = quotas.tableWrites;
  }

  /** Whether each write succeeds at once in this second. */
  get takesAll(): boolean {
    return this.#share === 1;
  }

  /** Counts this many writes, in a second in which it {@link takesAll}. */
  writeAll(count: number): void {
    this.#demand += count;
  }

  /** Returns how many milliseconds longer than usual the write takes, or {@link throttled}. */
  write(): number {
    this.#demand += 1;
    if (this.takesAll) {
      return 0;
    }
    const drawn = this.#random();
    if (drawn >= this.#share) {
      return throttled;
    }
    return drawn < this.#shareAtOnce ? 0 : this.#retryMs * this.#random();
  }

  /** A second has passed: the writes that it asked for decide which share succeeds in the next one. */
  endSecond(nowMs: number): void {
    const demand = this.#demand;
    const written = Math.min(demand, this.#writesPerSecond);
    this.limit.note(demand / this.#writesPerSecond, nowMs - 1_000);
    this.written += written;
    this.#peak = Math.max(this.#peak, written);
    const { tableGrowsAfterMs, tableWritesMost } = this.#quotas;
    if (nowMs - this.#grewAtMs >= tableGrowsAfterMs) {
      const grown = Math.max(this.#writesPerSecond, 2 * this.#peak);
      this.#writesPerSecond = Math.min(grown, Math.max(tableWritesMost, this.#writesPerSecond));
      this.#grewAtMs = nowMs;
      this.#peak = 0;
    }
    this.#share = demand > this.#writesPerSecond ? this.#writesPerSecond / demand : 1;
    // With this chance each, two tries together succeed for that share.
    this.#shareAtOnce = 1 - Math.sqrt(1 - this.#share);
    this.#demand = 0;
  }
}

interface FrontOptions {
  quotas: Quotas;
  /** Questions that a customer asks about a ticket, a second after it came. */
  polls: number;
  /** How long a request takes in the API's function. */
  apiMs: number;
  retryMs: number;
  seed: number;
}

/** The API, and how it answers each customer. Its quotas are counted by second: the customers of one second have the same chances. */
export class Front {
  readonly gateway = new Limit("HTTP API");
  readonly lambda = new Limit("Lambda");
  readonly devices: Table;
  readonly tickets: Table;
  /** The answer times of the customers who got a ticket. */
  readonly answered = new Times();
  /** Customers who got a 429, and those who got a 503. */
  refused = 0;
  unavailable = 0;
  /** Requests that the gateway let through, and those that a function took. */
  requests = 0;
  executions = 0;
  reads = 0;
  /** Executions at once that the API leaves to the other functions. */
  placesLeft = Infinity;
  /** Whether requests came in this second. */
  isBusy = false;
  readonly #options: FrontOptions;
  readonly #random: () => number;
  #answeredBefore = 0;
  #shareOfRequests = 1;
  #shareOfExecutions = 1;

  constructor(options: FrontOptions) {
    const { quotas, retryMs, seed } = options;
    this.#options = options;
    this.#random = seededRandom(seed);
    this.devices = new Table("devices table", quotas, retryMs, this.#random);
    this.tickets = new Table("tickets table", quotas, retryMs, this.#random);
  }

  /** Begins a second in which `customers` come, while the mapping wants `batches` executions at the same time. */
  beginSecond(nowMs: number, customers: number, batches: number): void {
    const { quotas, polls, apiMs } = this.#options;
    this.devices.endSecond(nowMs);
    this.tickets.endSecond(nowMs);
    const questions = polls * (this.answered.count - this.#answeredBefore);
    this.#answeredBefore = this.answered.count;
    const asking = customers + questions;
    this.gateway.note(asking / quotas.requestsPerSecond, nowMs);
    this.#shareOfRequests = Math.min(1, quotas.requestsPerSecond / asking);
    const wanted = (asking * this.#shareOfRequests * apiMs) / 1_000;
    this.lambda.note((wanted + batches) / quotas.executions, nowMs);
    // Requests ask for places all the time, while the mapping waits after a refusal. So the API gets its places first.
    this.#shareOfExecutions = Math.min(1, quotas.executions / wanted);
    this.placesLeft = Math.floor(Math.max(0, quotas.executions - wanted));
    this.isBusy = wanted > 0;
    const asked = questions * this.#shareOfRequests;
    this.requests += asked;
    this.executions += asked * this.#shareOfExecutions;
    this.reads += asked * this.#shareOfExecutions;
  }

  /** One customer asks. Returns whether a message was sent to the queue, which may be so even before a 503. */
  meet(): boolean {
    if (this.#shareOfRequests < 1 && this.#random() >= this.#shareOfRequests) {
      this.refused += 1;
      return false;
    }
    this.requests += 1;
    if (this.#shareOfExecutions < 1 && this.#random() >= this.#shareOfExecutions) {
      this.unavailable += 1;
      return false;
    }
    this.executions += 1;
    const claimMs = this.devices.write();
    if (claimMs === throttled) {
      this.unavailable += 1;
      return false;
    }
    const ticketMs = this.tickets.write();
    if (ticketMs === throttled) {
      this.unavailable += 1;
      return true;
    }
    this.answered.add(this.#options.apiMs + claimMs + ticketMs);
    return true;
  }
}
